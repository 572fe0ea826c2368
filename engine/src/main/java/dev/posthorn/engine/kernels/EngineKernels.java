package dev.posthorn.engine.kernels;

import dev.posthorn.spi.Kernels;
import dev.posthorn.spi.Matrix;

/** Kernels that also make the matrices they multiply by. Thread-safe. */
public interface EngineKernels extends Kernels {
  /**
   * A float32 matrix in the form that these kernels want. The array is not kept.
   *
   * @param values {@code rows * columns} numbers, row-major
   */
  Matrix pack(float[] values, int rows, int columns);

  /** A float32 matrix whose numbers come bit by bit, so that they need not be all in memory beside the matrix. */
  Packing packing(int rows, int columns);

  /** A matrix in the making, for one thread. */
  interface Packing {
    /** Takes the next {@code count} numbers, row-major, from the array's beginning; the array is not kept. */
    void put(float[] values, int count);

    /**
     * The matrix.
     *
     * @throws IllegalStateException unless all numbers were put
     */
    Matrix matrix();
  }

  /** The same in float64. */
  Matrix pack(double[] values, int rows, int columns);

  /**
   * The memory that a matrix holds.
   *
   * @throws IllegalArgumentException if other kernels made it
   */
  long bytes(Matrix matrix);

  /**
   * Runs the kernels until they are compiled, at most that long: half a second is enough for the products. Until then
   * vector kernels allocate and crawl. Call it once a process, before the first answer is promised.
   *
   * @return whether everything was compiled in time; the rest follows while serving
   */
  boolean warmUp(double seconds);
}
