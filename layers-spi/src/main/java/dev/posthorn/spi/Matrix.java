package dev.posthorn.spi;

/** A weight in the form that the kernels multiply by: {@link LayerSpec#matrix}. Opaque; any thread may use it. */
public interface Matrix {
  /** The length of the sums. */
  int rows();

  int columns();
}
