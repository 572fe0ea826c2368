package dev.posthorn.engine.kernels;

import com.sun.management.ThreadMXBean;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Kernels;
import dev.posthorn.spi.Matrix;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls float32 kernels over and over until they allocate nothing any more: then C2 has compiled them. Products come
 * first, for every model has some, then the functions, then what only images need.
 */
public final class WarmUp {
  private static final int[] ROWS = {6 + 4 + 2 + 1, 6, 1};
  private static final int[] SUMS = {48, 47};
  private static final int[] COLUMNS = {64, 128, 32, 16, 48, 1, 5, 40};
  private static final Function[] FUNCTIONS = Function.values();
  private static final int RECURRENT_UNITS = 100;
  private static final int ROUNDS_AT_ONCE = 50;
  private static final int QUIET_BYTES = 1024;

  private static final Activation RELU =
      new Activation() {
        @Override
        public void apply(float[] x, int from, int to) {
          throw new IllegalStateException("kernels apply relu themselves");
        }

        @Override
        public void apply(Kernels kernels, float[] x, int from, int to) {
          kernels.apply(Function.RELU, 0f, 0f, x, from, to);
        }

        @Override
        public boolean isRelu() {
          return true;
        }
      };

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final EngineKernels kernels;
  private final ImageWarmUp images;
  private final List<Matrix> matrices = new ArrayList<>();
  private final float[] x = new float[ROWS[0] * 128];
  private final float[] y = new float[ROWS[0] * 128];
  private final float[] bias = new float[128];
  private final float[] values = new float[259];

  public WarmUp(EngineKernels kernels) {
    this.kernels = kernels;
    this.images = new ImageWarmUp(kernels);
    for (int columns : COLUMNS) {
      for (int sum : SUMS) {
        matrices.add(kernels.pack(new float[sum * columns], sum, columns));
      }
    }
  }

  /** Runs for as long as it takes, at most {@code seconds}; says whether the kernels were compiled by then. */
  public boolean run(double seconds) {
    long start = System.nanoTime();
    boolean products = until(start + (long) (seconds * 0.55e9), this::products);
    boolean functions = until(start + (long) (seconds * 0.8e9), this::functions);
    boolean windows = until(start + (long) (seconds * 1e9), images::run);
    return products && functions && windows;
  }

  private boolean until(long end, Runnable round) {
    while (System.nanoTime() - end < 0) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < ROUNDS_AT_ONCE && System.nanoTime() - end < 0; i++) {
        round.run();
      }
      if (threads.getCurrentThreadAllocatedBytes() - before < QUIET_BYTES) {
        return true;
      }
    }
    return false;
  }

  private void products() {
    for (int i = 0; i < matrices.size(); i++) {
      for (int rows : ROWS) {
        kernels.affine(x, 0, rows, matrices.get(i), bias, RELU, y, 0);
      }
    }
    kernels.multiply(8, 20, 16, x, 0, 16, x, 0, 20, false, y, 0, 20, false);
    kernels.multiply(8, 20, 16, x, 0, 16, x, 0, 16, true, y, 0, 20, true);
  }

  private void functions() {
    for (Function f : FUNCTIONS) {
      kernels.apply(f, 1f, 1f, values, 0, values.length);
    }
    kernels.softmax(values, 0, values.length);
    kernels.recurrences().lstm(1, RECURRENT_UNITS, x, 0, y, 0, values, values);
    kernels.recurrences().gru(1, RECURRENT_UNITS, x, 0, y, 0, values);
  }
}
