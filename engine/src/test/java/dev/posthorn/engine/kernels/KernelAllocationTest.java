package dev.posthorn.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Matrix;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Once compiled, kernels allocate nothing: otherwise C2 has kept vectors as objects somewhere. */
class KernelAllocationTest {
  private static final int CALLS = 200;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final float[] x = new float[13 * 130];
  private final float[] y = new float[13 * 130];

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void isZeroAfterWarmUp(EngineKernels kernels) {
    assertThat(kernels.warmUp(60)).isTrue();
    for (int columns : new int[] {1, 10, 16, 32, 48, 64, 100, 128}) {
      for (int k : new int[] {48, 47}) {
        Matrix matrix = kernels.pack(new float[k * columns], k, columns);
        for (int rows : new int[] {1, 6, 13}) {
          assertNoBytes(
              "affine %d x %d x %d".formatted(rows, k, columns),
              () -> kernels.affine(x, 0, rows, matrix, null, KernelCases.IDENTITY, y, 0));
        }
      }
    }
    for (Function f : Function.values()) {
      assertNoBytes(f.name(), () -> kernels.apply(f, 1f, 1f, y, 0, 259));
    }
    ImageWarmUp images = new ImageWarmUp(kernels);
    assertNoBytes("kernels of images", images::run);
    assertNoBytes("lstm", () -> kernels.recurrences().lstm(3, 130, x, 0, y, 0, x, y));
    assertNoBytes("gru", () -> kernels.recurrences().gru(3, 130, x, 0, y, 0, x));
    assertNoBytes("softmax", () -> kernels.softmax(y, 0, 259));
    assertNoBytes("multiply", () -> kernels.multiply(8, 20, 16, x, 0, 16, x, 0, 16, true, y, 0, 20, true));
  }

  private void assertNoBytes(String what, Runnable kernel) {
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 50 && least > 0; attempt++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        kernel.run();
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least / CALLS).as("bytes a call of %s", what).isZero();
  }
}
