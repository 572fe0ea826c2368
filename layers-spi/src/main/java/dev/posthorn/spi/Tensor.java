package dev.posthorn.spi;

import org.ejml.data.DMatrixRMaj;
import org.ejml.data.FMatrixRMaj;
import org.ejml.simple.SimpleMatrix;

/**
 * A dense array in row-major order. Exactly one of the array accessors fits the type ({@link DType#storage()}); the
 * others throw IllegalStateException. An array starts at element 0 and may be longer than the tensor: never use its
 * length. Valid only during the call that handed it out; not thread-safe.
 */
public interface Tensor {
  DType dtype();

  Shape shape();

  /** The number of elements. */
  int size();

  float[] floats();

  double[] doubles();

  int[] ints();

  long[] longs();

  boolean[] booleans();

  String[] strings();

  /** This float tensor as a matrix over the same array: the last axis are the columns, all others the rows. */
  FMatrixRMaj matrix();

  /** This float64 tensor as a matrix over the same array: the last axis are the columns, all others the rows. */
  DMatrixRMaj doubleMatrix();

  /** This float or float64 tensor as a matrix for convenient formulas; it shares the array. */
  SimpleMatrix simple();

  /** Copies the elements of a matrix of the same number of elements, converting between float and double. */
  void set(SimpleMatrix matrix);
}
