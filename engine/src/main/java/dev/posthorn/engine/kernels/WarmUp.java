package dev.posthorn.engine.kernels;

import com.sun.management.ThreadMXBean;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Matrix;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls every kernel over and over until a round allocates nothing: then C2 has compiled them all. Float32 only; who
 * serves float64 does not mind.
 */
public final class WarmUp {
  private static final int ROWS_OF_ALL_TILES = 6 + 4 + 2 + 1;
  private static final int[] ROWS = {ROWS_OF_ALL_TILES, 6, 1};
  private static final int SUM = 48;
  private static final int[] COLUMNS = {1, 8, 16, 32, 48, 64, 128, 5, 40};

  private final EngineKernels kernels;
  private final List<Matrix> matrices = new ArrayList<>();
  private final float[] x = new float[ROWS_OF_ALL_TILES * SUM];
  private final float[] y = new float[ROWS_OF_ALL_TILES * 128];
  private final float[] values = new float[259];

  public WarmUp(EngineKernels kernels) {
    this.kernels = kernels;
    for (int columns : COLUMNS) {
      matrices.add(kernels.pack(new float[SUM * columns], SUM, columns));
      matrices.add(kernels.pack(new float[(SUM - 1) * columns], SUM - 1, columns));
    }
  }

  /** Runs for as long as it takes, at most {@code seconds}; returns whether the kernels were compiled by then. */
  public boolean run(double seconds) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    boolean quiet = false;
    while (!quiet && System.nanoTime() < end) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 200 && System.nanoTime() < end; i++) {
        round();
      }
      quiet = threads.getCurrentThreadAllocatedBytes() - before < 1024;
    }
    return quiet;
  }

  private void round() {
    for (Matrix matrix : matrices) {
      for (int rows : ROWS) {
        kernels.affine(x, 0, rows, matrix, null, IDENTITY, y, 0);
      }
    }
    kernels.multiply(8, 16, 16, x, 0, 16, x, 0, 16, false, y, 0, 16, false);
    kernels.multiply(8, 16, 16, x, 0, 16, x, 0, 16, true, y, 0, 16, true);
    for (Function f : Function.values()) {
      kernels.apply(f, 1f, 1f, values, 0, values.length);
    }
    kernels.softmax(values, 0, values.length);
  }

  private static final Activation IDENTITY =
      new Activation() {
        @Override
        public void apply(float[] x, int from, int to) {}

        @Override
        public boolean isIdentity() {
          return true;
        }
      };
}
