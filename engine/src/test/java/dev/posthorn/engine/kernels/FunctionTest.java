package dev.posthorn.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.spi.Function;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The functions against double arithmetic on StrictMath, over all magnitudes. */
class FunctionTest {
  private static final int STEP = 4099;
  private static final int BLOCK = 4096;

  static Stream<Arguments> functionsOfAllWidths() {
    return KernelCases.vectors().flatMap(k -> Stream.of(Function.values()).map(f -> Arguments.of(k, f)));
  }

  @ParameterizedTest
  @MethodSource("functionsOfAllWidths")
  void areWithinTwoUlpOr2e7(EngineKernels kernels, Function f) {
    EjmlKernels reference = new EjmlKernels();
    float a = KernelCases.parameters(f).get(0);
    float b = KernelCases.parameters(f).get(1);
    float[] x = new float[BLOCK];
    float[] got = new float[BLOCK];
    double[] expected = new double[BLOCK];
    for (long pattern = 0; pattern < 1L << 32; pattern += (long) STEP * BLOCK) {
      for (int i = 0; i < BLOCK; i++) {
        x[i] = Float.intBitsToFloat((int) (pattern + (long) STEP * i));
        got[i] = x[i];
        expected[i] = x[i];
      }
      check(kernels, reference, f, a, b, x, got, expected);
    }
    SplittableRandom random = new SplittableRandom(9);
    for (int repeat = 0; repeat < 20; repeat++) {
      for (int i = 0; i < BLOCK; i++) {
        x[i] = (float) (20 * random.nextDouble() - 10);
        got[i] = x[i];
        expected[i] = x[i];
      }
      check(kernels, reference, f, a, b, x, got, expected);
    }
  }

  private static void check(
      EngineKernels kernels, EjmlKernels reference, Function f, float a, float b,
      float[] x, float[] got, double[] expected) {
    kernels.apply(f, a, b, got, 0, BLOCK);
    reference.apply(f, (double) a, (double) b, expected, 0, BLOCK);
    for (int i = 0; i < BLOCK; i++) {
      float rounded = (float) expected[i];
      boolean fits = Float.isFinite(rounded)
          ? Math.abs(got[i] - expected[i]) <= Math.max(2e-7, 2 * Math.ulp(rounded))
          : Float.compare(got[i], rounded) == 0;
      if (!fits) {
        assertThat(got[i]).as("%s(%s)", f, x[i]).isEqualTo(rounded);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#all")
  void ofSpecialNumbersAreRight(EngineKernels kernels) {
    float inf = Float.POSITIVE_INFINITY;
    assertThat(at(kernels, Function.EXP, -inf)).isZero();
    assertThat(at(kernels, Function.EXP, inf)).isEqualTo(inf);
    assertThat(at(kernels, Function.EXP, 88.73f)).isEqualTo(inf);
    assertThat(at(kernels, Function.EXP, -100)).isEqualTo((float) StrictMath.exp(-100));
    assertThat(at(kernels, Function.LOG, 0)).isEqualTo(-inf);
    assertThat(at(kernels, Function.LOG, -0f)).isEqualTo(-inf);
    assertThat(at(kernels, Function.LOG, -1)).isNaN();
    assertThat(at(kernels, Function.LOG, Float.MIN_VALUE)).isEqualTo((float) StrictMath.log(Float.MIN_VALUE));
    assertThat(at(kernels, Function.LOG1P, -1)).isEqualTo(-inf);
    assertThat(at(kernels, Function.TANH, inf)).isEqualTo(1);
    assertThat(at(kernels, Function.TANH, -inf)).isEqualTo(-1);
    assertThat(at(kernels, Function.SIGMOID, -inf)).isZero();
    assertThat(at(kernels, Function.SIGMOID, inf)).isEqualTo(1);
    assertThat(at(kernels, Function.SOFTPLUS, 1000)).isEqualTo(1000);
    assertThat(at(kernels, Function.SIN, inf)).isNaN();
    assertThat(at(kernels, Function.SIN, 1e9f)).isEqualTo((float) StrictMath.sin(1e9));
    for (Function f : Function.values()) {
      boolean comparison = f == Function.HARD_SHRINK || f == Function.SOFT_SHRINK || f == Function.THRESHOLD;
      assertThat(Float.isNaN(at(kernels, f, Float.NaN))).as("%s(NaN)", f).isEqualTo(!comparison);
    }
  }

  private static float at(EngineKernels kernels, Function f, float x) {
    float[] one = {x};
    kernels.apply(f, KernelCases.parameters(f).get(0), KernelCases.parameters(f).get(1), one, 0, 1);
    return one[0];
  }

  /** Values of Abramowitz and Stegun, table 7.1, and of erfc(3) for the tail. */
  @Test
  void theErrorFunctionOfTheReferenceIsRight() {
    assertThat(ScalarFunctions.erf(0.5)).isCloseTo(0.5204998778, within());
    assertThat(ScalarFunctions.erf(1)).isCloseTo(0.8427007929, within());
    assertThat(ScalarFunctions.erf(2)).isCloseTo(0.9953222650, within());
    assertThat(ScalarFunctions.erf(-3)).isCloseTo(-0.9999779095, within());
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(5.1e-11);
  }
}
