package dev.posthorn.engine.arrays;

import dev.posthorn.spi.Shape;
import java.util.Arrays;

/**
 * A way to see an array's elements: lengths, strides and a first element. Lengths may be unknown; then strides mean
 * nothing, but shapes are right.
 *
 * @param rowsKept whether axis 0 is still the array's own axis 0, whole and in order
 */
@SuppressWarnings("ArrayRecordComponent")
public record View(int[] dims, int[] strides, int offset, boolean rowsKept) {
  /** The whole array in its own shape. */
  public static View of(Shape shape) {
    int[] dims = shape.dims();
    return new View(dims, contiguous(dims), 0, dims.length > 0);
  }

  /** The strides of an array without gaps. */
  public static int[] contiguous(int[] dims) {
    int[] strides = new int[dims.length];
    int stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(dims[i], 0);
    }
    return strides;
  }

  public Shape shape() {
    return Shape.of(dims);
  }

  public int rank() {
    return dims.length;
  }

  /** Axis i is what was axis {@code order[i]}. */
  public View transpose(int... order) {
    int[] lengths = new int[order.length];
    int[] steps = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      lengths[i] = dims[order[i]];
      steps[i] = strides[order[i]];
    }
    return new View(lengths, steps, offset, rowsKept && order.length > 0 && order[0] == 0);
  }

  /** {@code count} elements of an axis, each {@code step} after the one before; an unknown count is allowed. */
  public View slice(int axis, int start, int step, int count) {
    int[] lengths = dims.clone();
    int[] steps = strides.clone();
    lengths[axis] = count;
    steps[axis] = strides[axis] * step;
    boolean whole = start == 0 && step == 1 && count == dims[axis];
    return new View(lengths, steps, offset + start * strides[axis], rowsKept && (axis != 0 || whole));
  }

  /** One element of an axis; the axis is gone. */
  public View index(int axis, int at) {
    View one = slice(axis, at, 1, 1).drop(axis);
    return new View(one.dims, one.strides, one.offset, rowsKept && axis != 0);
  }

  /** Without an axis of length 1. */
  public View drop(int axis) {
    return new View(without(dims, axis), without(strides, axis), offset, rowsKept && axis != 0);
  }

  /** With a new axis that repeats everything {@code length} times. */
  public View insert(int axis, int length) {
    return new View(with(dims, axis, length), with(strides, axis, 0), offset, rowsKept && axis != 0);
  }

  /** Backwards along an axis. */
  public View flip(int axis) {
    int[] steps = strides.clone();
    steps[axis] = -strides[axis];
    int last = Math.max(dims[axis] - 1, 0) * strides[axis];
    return new View(dims, steps, offset + last, rowsKept && axis != 0);
  }

  /** Repeated along axes of length 1, and along new ones in front, up to that shape. */
  public View broadcast(int... to) {
    int[] steps = new int[to.length];
    int missing = to.length - dims.length;
    for (int i = missing; i < to.length; i++) {
      int from = dims[i - missing];
      if (from != 1 && from != to[i] && from != Shape.UNKNOWN) {
        throw new IllegalArgumentException("axis of length " + from + " cannot become " + to[i]);
      }
      steps[i] = from == 1 ? 0 : strides[i - missing];
    }
    return new View(to.clone(), steps, offset, false);
  }

  @Override
  public String toString() {
    return "view " + Arrays.toString(dims) + " strides " + Arrays.toString(strides) + " from " + offset;
  }

  private static int[] without(int[] values, int at) {
    int[] left = new int[values.length - 1];
    System.arraycopy(values, 0, left, 0, at);
    System.arraycopy(values, at + 1, left, at, left.length - at);
    return left;
  }

  private static int[] with(int[] values, int at, int value) {
    int[] more = new int[values.length + 1];
    System.arraycopy(values, 0, more, 0, at);
    more[at] = value;
    System.arraycopy(values, at, more, at + 1, values.length - at);
    return more;
  }
}
