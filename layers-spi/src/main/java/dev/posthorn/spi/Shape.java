package dev.posthorn.spi;

import java.util.Arrays;

/** The lengths of a tensor's axes; {@link #UNKNOWN} where a length is not known yet. Immutable. */
public final class Shape {
  /** An axis of any length. */
  public static final int UNKNOWN = -1;

  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;

  private Shape(int[] dims) {
    this.dims = dims;
  }

  /**
   * A shape of these lengths.
   *
   * @throws IllegalArgumentException if a length is below -1
   */
  public static Shape of(int... dims) {
    if (dims.length == 0) {
      return SCALAR;
    }
    for (int dim : dims) {
      if (dim < UNKNOWN) {
        throw new IllegalArgumentException("negative length in shape " + Arrays.toString(dims));
      }
    }
    return new Shape(dims.clone());
  }

  public static Shape scalar() {
    return SCALAR;
  }

  public int rank() {
    return dims.length;
  }

  /** The length of an axis; a negative axis counts from the end. */
  public int dim(int axis) {
    return dims[axis(axis)];
  }

  /** The axis as a number from 0; a negative one counts from the end. */
  public int axis(int axis) {
    int positive = axis < 0 ? axis + dims.length : axis;
    if (positive < 0 || positive >= dims.length) {
      throw new IllegalArgumentException("axis " + axis + " of shape " + this);
    }
    return positive;
  }

  public int first() {
    return dim(0);
  }

  public int last() {
    return dim(-1);
  }

  public int[] dims() {
    return dims.clone();
  }

  /** Whether every length is known. */
  public boolean isKnown() {
    for (int dim : dims) {
      if (dim == UNKNOWN) {
        return false;
      }
    }
    return true;
  }

  /**
   * The number of elements.
   *
   * @throws IllegalStateException if a length is unknown
   * @throws ArithmeticException above 2^31 - 1 elements
   */
  public int size() {
    return product(0, dims.length);
  }

  /** The product of the lengths of the axes {@code from} (inclusive) to {@code to} (exclusive). */
  public int product(int from, int to) {
    int size = 1;
    for (int i = from; i < to; i++) {
      if (dims[i] == UNKNOWN) {
        throw new IllegalStateException("unknown length in shape " + this);
      }
      size = Math.multiplyExact(size, dims[i]);
    }
    return size;
  }

  public Shape with(int axis, int length) {
    int[] copy = dims.clone();
    copy[axis(axis)] = length;
    return of(copy);
  }

  public Shape withLast(int length) {
    return with(-1, length);
  }

  /** The axes {@code from} (inclusive) to {@code to} (exclusive). */
  public Shape slice(int from, int to) {
    return of(Arrays.copyOfRange(dims, from, to));
  }

  public Shape dropLast() {
    return slice(0, dims.length - 1);
  }

  public Shape append(int... more) {
    int[] all = Arrays.copyOf(dims, dims.length + more.length);
    System.arraycopy(more, 0, all, dims.length, more.length);
    return of(all);
  }

  /** This shape with an axis of that length in front. */
  public Shape prepend(int length) {
    return of(length).append(dims);
  }

  /** Whether a tensor of shape {@code other} may stand where this one is declared: same rank, known lengths equal. */
  public boolean accepts(Shape other) {
    if (other.dims.length != dims.length) {
      return false;
    }
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != UNKNOWN && other.dims[i] != UNKNOWN && dims[i] != other.dims[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /** {@code [?, 3]}: unknown lengths as question marks. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < dims.length; i++) {
      text.append(i == 0 ? "" : ", ").append(dims[i] == UNKNOWN ? "?" : String.valueOf(dims[i]));
    }
    return text.append(']').toString();
  }
}
