package dev.posthorn.spi;

/**
 * A declared weight. Its numbers are there once the model is bound: in {@link LayerSpec#derive}, {@link Layer#prepare}
 * and {@link Layer#forward}, not in the constructor. Read-only by agreement; any thread may read.
 */
public interface Weight {
  String name();

  DType dtype();

  Shape shape();

  /** The elements in row-major order; float16 and bfloat16 are widened. */
  float[] floats();

  double[] doubles();

  int[] ints();

  long[] longs();

  boolean[] booleans();

  /** The elements as floats or doubles, whatever the floating type is. */
  double[] asDoubles();

  /** This float weight as an EJML matrix: the last axis are the columns. */
  org.ejml.data.FMatrixRMaj matrix();
}
