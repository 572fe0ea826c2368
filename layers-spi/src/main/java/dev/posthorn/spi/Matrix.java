package dev.posthorn.spi;

/** A weight in the form that the kernels multiply by: {@link LayerSpec#matrix}. Opaque; any thread may use it. */
public interface Matrix {
  /** The length of the sums. */
  int rows();

  int columns();

  /** The form that the kernels compute with; for the kernels themselves. */
  default Matrix packed() {
    return this;
  }
}
