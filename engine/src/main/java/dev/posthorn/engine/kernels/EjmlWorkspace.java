package dev.posthorn.engine.kernels;

import org.ejml.data.DMatrixRMaj;
import org.ejml.data.FMatrixRMaj;

/**
 * The matrices of one thread, reused. EJML's matrices begin at element 0 and have no gaps between rows: what does so
 * already is used in place, everything else is copied.
 */
final class EjmlWorkspace {
  private static final float[] NO_FLOATS = {};
  private static final double[] NO_DOUBLES = {};

  private final FMatrixRMaj[] floats = {new FMatrixRMaj(), new FMatrixRMaj(), new FMatrixRMaj()};
  private final DMatrixRMaj[] doubles = {new DMatrixRMaj(), new DMatrixRMaj(), new DMatrixRMaj()};
  private final float[][] floatCopies = {NO_FLOATS, NO_FLOATS, NO_FLOATS};
  private final double[][] doubleCopies = {NO_DOUBLES, NO_DOUBLES, NO_DOUBLES};

  /** The operand in that slot (0 or 1) as a matrix. */
  FMatrixRMaj floats(int slot, float[] source, int from, int rows, int columns, int stride) {
    if (from == 0 && (stride == columns || rows == 1)) {
      return header(slot, source, rows, columns);
    }
    float[] copy = floatCopy(slot, rows * columns);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(source, from + r * stride, copy, r * columns, columns);
    }
    return header(slot, copy, rows, columns);
  }

  /** Where a result goes that has no gaps between its rows; {@link #store} brings it home. */
  FMatrixRMaj floatResult(float[] target, int from, int rows, int columns) {
    return from == 0 ? header(2, target, rows, columns) : floatProduct(rows, columns);
  }

  FMatrixRMaj floatProduct(int rows, int columns) {
    return header(2, floatCopy(2, rows * columns), rows, columns);
  }

  /** Copies the result to its target if it is not there yet, and forgets all arrays that are not ours. */
  void store(float[] target, int from, int columns) {
    FMatrixRMaj result = floats[2];
    if (result.data != target) {
      System.arraycopy(result.data, 0, target, from, result.numRows * columns);
    }
    release();
  }

  DMatrixRMaj doubles(int slot, double[] source, int from, int rows, int columns, int stride) {
    if (from == 0 && (stride == columns || rows == 1)) {
      return header(slot, source, rows, columns);
    }
    double[] copy = doubleCopy(slot, rows * columns);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(source, from + r * stride, copy, r * columns, columns);
    }
    return header(slot, copy, rows, columns);
  }

  DMatrixRMaj doubleResult(double[] target, int from, int rows, int columns) {
    return from == 0 ? header(2, target, rows, columns) : doubleProduct(rows, columns);
  }

  DMatrixRMaj doubleProduct(int rows, int columns) {
    return header(2, doubleCopy(2, rows * columns), rows, columns);
  }

  void store(double[] target, int from, int columns) {
    DMatrixRMaj result = doubles[2];
    if (result.data != target) {
      System.arraycopy(result.data, 0, target, from, result.numRows * columns);
    }
    release();
  }

  /** Forgets all arrays that are not ours. */
  void release() {
    for (int slot = 0; slot < 3; slot++) {
      header(slot, NO_FLOATS, 0, 0);
      header(slot, NO_DOUBLES, 0, 0);
    }
  }

  private FMatrixRMaj header(int slot, float[] data, int rows, int columns) {
    FMatrixRMaj matrix = floats[slot];
    matrix.data = data;
    matrix.numRows = rows;
    matrix.numCols = columns;
    return matrix;
  }

  private DMatrixRMaj header(int slot, double[] data, int rows, int columns) {
    DMatrixRMaj matrix = doubles[slot];
    matrix.data = data;
    matrix.numRows = rows;
    matrix.numCols = columns;
    return matrix;
  }

  private float[] floatCopy(int slot, int length) {
    if (floatCopies[slot].length < length) {
      floatCopies[slot] = new float[length];
    }
    return floatCopies[slot];
  }

  private double[] doubleCopy(int slot, int length) {
    if (doubleCopies[slot].length < length) {
      doubleCopies[slot] = new double[length];
    }
    return doubleCopies[slot];
  }
}
