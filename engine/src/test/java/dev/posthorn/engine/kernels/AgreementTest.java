package dev.posthorn.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.spi.Activation;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Vector kernels and EJML compute the same, within rounding. */
class AgreementTest {
  private static final float[] SPECIAL = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f, Float.MIN_VALUE, -1e-40f
  };
  private static final int[] COLUMNS = {1, 2, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 80, 100, 128, 130, 200};
  private static final int[] ROWS = {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 50, 61};
  private static final int GUARD = 20;
  private static final float UNTOUCHED = 77;

  private final EngineKernels reference = new EjmlKernels();

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void affineOfAnyShapeAgrees(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(1);
    for (int columns : COLUMNS) {
      for (int rows : ROWS) {
        for (boolean special : new boolean[] {false, true}) {
          affine(kernels, random, rows, random.nextInt(1, 140), columns, special);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void affineOfLongSumsAgrees(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(2);
    for (int columns : new int[] {1, 10, 100, 300}) {
      affine(kernels, random, 103, 2000, columns, false);
    }
    affine(kernels, random, 3, 0, 5, false);
    affine(kernels, random, 0, 3, 5, false);
  }

  private void affine(
      EngineKernels kernels, SplittableRandom random, int rows, int k, int columns, boolean special) {
    int xFrom = random.nextInt(4);
    int yFrom = random.nextInt(4);
    float[] x = numbers(random, xFrom + rows * k, special);
    float[] w = KernelCases.random(random, k * columns);
    float[] bias = random.nextInt(4) == 0 ? null : KernelCases.random(random, columns);
    for (Activation activation : List.of(KernelCases.IDENTITY, KernelCases.RELU, KernelCases.TANH)) {
      float[] expected = new float[yFrom + rows * columns + GUARD];
      Arrays.fill(expected, UNTOUCHED);
      float[] got = expected.clone();
      reference.affine(x, xFrom, rows, reference.pack(w, k, columns), bias, activation, expected, yFrom);
      kernels.affine(x, xFrom, rows, kernels.pack(w, k, columns), bias, activation, got, yFrom);
      assertAgree(got, expected, k, "%d x %d x %d".formatted(rows, k, columns));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void multiplyOfAnyShapeAgrees(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(3);
    for (int repeat = 0; repeat < 300; repeat++) {
      int m = random.nextInt(1, 40);
      int n = random.nextInt(1, 90);
      int k = random.nextInt(1, 90);
      boolean transposed = random.nextBoolean();
      boolean add = random.nextBoolean();
      int aStride = k + random.nextInt(3);
      int bStride = (transposed ? k : n) + random.nextInt(3);
      int cStride = n + random.nextInt(3);
      float[] a = numbers(random, 2 + m * aStride, random.nextInt(4) == 0);
      float[] b = KernelCases.random(random, 1 + (transposed ? n : k) * bStride);
      float[] expected = KernelCases.random(random, 3 + m * cStride + GUARD);
      float[] got = expected.clone();
      reference.multiply(m, n, k, a, 2, aStride, b, 1, bStride, transposed, expected, 3, cStride, add);
      kernels.multiply(m, n, k, a, 2, aStride, b, 1, bStride, transposed, got, 3, cStride, add);
      assertAgree(got, expected, k, "%d x %d x %d, transposed %b, add %b".formatted(m, k, n, transposed, add));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void softmaxOfAnyLengthAgrees(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(4);
    for (int n = 1; n < 150; n++) {
      for (int kind = 0; kind < 3; kind++) {
        float[] expected = KernelCases.random(random, n + 3 + GUARD);
        for (int i = 3; i < n + 3; i++) {
          expected[i] = kind == 1 ? expected[i] * 40 : expected[i];
        }
        if (kind == 2) {
          expected[3 + random.nextInt(n)] = SPECIAL[random.nextInt(SPECIAL.length)];
        }
        float[] got = expected.clone();
        reference.softmax(expected, 3, n + 3);
        kernels.softmax(got, 3, n + 3);
        assertAgree(got, expected, 1, "softmax of " + n);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void float64Agrees(EngineKernels kernels) {
    double[] x = {1, 2, 3, 4, 5, 6};
    double[] y = new double[4];
    double[] w = {1, -1, 0.5, 2, 0, 1e-12};
    kernels.affine(x, 0, 2, kernels.pack(w, 3, 2), new double[] {10, 20}, KernelCases.IDENTITY, y, 0);
    assertThat(y).containsExactly(12, 20 + 3 + 3e-12, 16.5, 20 + 6 + 6e-12);
  }

  private static float[] numbers(SplittableRandom random, int length, boolean special) {
    float[] values = KernelCases.random(random, length);
    if (special && length > 0) {
      for (int i = 0; i < 4; i++) {
        values[random.nextInt(length)] = SPECIAL[random.nextInt(SPECIAL.length)];
      }
    }
    return values;
  }

  private static void assertAgree(float[] got, float[] expected, int terms, String what) {
    double rounding = 1e-5 + 2e-6 * Math.sqrt(terms);
    for (int i = 0; i < expected.length; i++) {
      boolean agree = Float.isFinite(expected[i])
          ? Math.abs(got[i] - expected[i]) <= rounding + 1e-4 * Math.abs(expected[i])
          : Float.compare(got[i], expected[i]) == 0;
      if (!agree) {
        assertThat(got[i]).as("%s, element %d", what, i).isEqualTo(expected[i]);
      }
    }
  }
}
