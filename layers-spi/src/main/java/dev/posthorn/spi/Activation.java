package dev.posthorn.spi;

/** An activation function on arrays. Immutable; many threads use it at once. */
@FunctionalInterface
public interface Activation {
  /** What one call of {@link #apply} sees. */
  enum Scope {
    /** Any run of elements: each is computed by itself. */
    ELEMENT,
    /** Exactly one row of the last axis: softmax, glu. */
    ROW
  }

  /** Replaces the elements {@code from} (inclusive) to {@code to} (exclusive) by their values. */
  void apply(float[] x, int from, int to);

  /** The same with the kernels of the running plan, which have the usual functions in a fast form. */
  default void apply(Kernels kernels, float[] x, int from, int to) {
    apply(x, from, to);
  }

  /** The same for float64. */
  default void apply(double[] x, int from, int to) {
    float[] copy = new float[to - from];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (float) x[from + i];
    }
    apply(copy, 0, copy.length);
    for (int i = 0; i < copy.length; i++) {
      x[from + i] = copy[i];
    }
  }

  default Scope scope() {
    return Scope.ELEMENT;
  }

  /** How many elements a row of n has afterwards; they are the first ones of the row. Only glu makes them fewer. */
  default int outputLength(int n) {
    return n;
  }

  /** Whether it changes nothing. */
  default boolean isIdentity() {
    return false;
  }

  /** Whether it is max(x, 0): some kernels apply it on the way. */
  default boolean isRelu() {
    return false;
  }
}
