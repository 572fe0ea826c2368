package dev.posthorn.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.posthorn.spi.Matrix;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A matrix whose numbers came in pieces is the one that came whole. */
class PackingTest {
  private static final int[][] SHAPES = {{33, 64}, {33, 1}, {1, 1}, {47, 100}, {21, 130}, {7, 300}, {0, 5}, {3, 16}};

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#all")
  void multipliesAsOneThatCameWhole(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(3);
    for (int[] shape : SHAPES) {
      int k = shape[0];
      int n = shape[1];
      float[] values = KernelCases.random(random, k * n);
      float[] x = KernelCases.random(random, 5 * k);
      float[] expected = new float[5 * n];
      kernels.affine(x, 0, 5, kernels.pack(values, k, n), null, KernelCases.TANH, expected, 0);
      for (int round = 0; round < 20; round++) {
        EngineKernels.Packing packing = kernels.packing(k, n);
        for (int from = 0; from < values.length; ) {
          int count = Math.min(values.length - from, 1 + random.nextInt(1 << random.nextInt(12)));
          packing.put(Arrays.copyOfRange(values, from, from + count + 3), count);
          from += count;
        }
        Matrix matrix = packing.matrix();
        float[] got = new float[5 * n];
        kernels.affine(x, 0, 5, matrix, null, KernelCases.TANH, got, 0);
        assertThat(got).isEqualTo(expected);
        assertThat(kernels.bytes(matrix)).isEqualTo(kernels.bytes(kernels.pack(values, k, n)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#all")
  void isRefusedWhileNumbersAreMissing(EngineKernels kernels) {
    EngineKernels.Packing packing = kernels.packing(2, 3);
    packing.put(new float[5], 5);
    assertThatIllegalStateException().isThrownBy(packing::matrix);
  }
}
