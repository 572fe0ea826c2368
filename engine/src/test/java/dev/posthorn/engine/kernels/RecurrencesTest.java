package dev.posthorn.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The steps of recurrent cells agree with their scalar twins over random lengths, write nothing else, and give a row the
 * same bits whatever rows stand beside it.
 */
class RecurrencesTest {
  private static final float[] SPECIAL = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f, Float.MIN_VALUE, 39.9f, -41, 87, -89, 1e30f
  };
  private static final int CASES = 400;
  private static final int GUARD = 20;

  private final EngineKernels reference = new EjmlKernels();

  /** One random step: x and r begin at {@code from}, states have numbers behind them that must stay. */
  private record Step(int rows, int units, int from, float[] x, float[] r, float[] c, float[] h) {
    static Step random(SplittableRandom random, int gates) {
      int rows = random.nextInt(1, 7);
      int units = random.nextInt(4) == 0 ? 16 * random.nextInt(1, 9) : random.nextInt(1, 75);
      int from = random.nextInt(5);
      int length = from + rows * gates * units;
      Step step =
          new Step(
              rows, units, from, KernelCases.random(random, length), KernelCases.random(random, length),
              KernelCases.random(random, rows * units + GUARD), KernelCases.random(random, rows * units + GUARD));
      for (float[] values : new float[][] {step.x, step.r, step.c, step.h}) {
        if (random.nextInt(3) == 0) {
          values[random.nextInt(values.length)] = SPECIAL[random.nextInt(SPECIAL.length)];
        }
      }
      return step;
    }

    void lstm(EngineKernels kernels, float[] newC, float[] newH) {
      kernels.recurrences().lstm(rows, units, x, from, r, from, newC, newH);
    }

    void gru(EngineKernels kernels, float[] newH) {
      kernels.recurrences().gru(rows, units, x, from, r, from, newH);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void stepsOfAnLstmAgree(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(21);
    for (int i = 0; i < CASES; i++) {
      Step step = Step.random(random, 4);
      float[] expectedC = step.c.clone();
      float[] expectedH = step.h.clone();
      step.lstm(reference, expectedC, expectedH);
      float[] c = step.c.clone();
      float[] h = step.h.clone();
      step.lstm(kernels, c, h);
      assertAgree(c, expectedC);
      assertAgree(h, expectedH);
      for (int row = 0; row < step.rows; row++) {
        float[] oneC = Arrays.copyOfRange(step.c, row * step.units, (row + 1) * step.units);
        float[] oneH = oneC.clone();
        int at = step.from + row * 4 * step.units;
        kernels.recurrences().lstm(1, step.units, step.x, at, step.r, at, oneC, oneH);
        assertSameBits(oneC, c, row * step.units);
        assertSameBits(oneH, h, row * step.units);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void stepsOfAGruAgree(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(22);
    for (int i = 0; i < CASES; i++) {
      Step step = Step.random(random, 3);
      float[] expected = step.h.clone();
      step.gru(reference, expected);
      float[] h = step.h.clone();
      step.gru(kernels, h);
      assertAgree(h, expected);
      for (int row = 0; row < step.rows; row++) {
        float[] one = Arrays.copyOfRange(step.h, row * step.units, (row + 1) * step.units);
        int at = step.from + row * 3 * step.units;
        kernels.recurrences().gru(1, step.units, step.x, at, step.r, at, one);
        assertSameBits(one, h, row * step.units);
      }
    }
  }

  /** Within 4e-7 of 1 + |x|: up to two functions in one term, each within 2e-7. */
  private static void assertAgree(float[] got, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      boolean agree = Float.isFinite(expected[i])
          ? Math.abs(got[i] - expected[i]) <= 4e-7 * (1 + Math.abs(expected[i]))
          : Float.compare(got[i], expected[i]) == 0;
      if (!agree) {
        assertThat(got[i]).as("element %d", i).isEqualTo(expected[i]);
      }
    }
  }

  private static void assertSameBits(float[] got, float[] expected, int from) {
    for (int i = 0; i < got.length; i++) {
      assertThat(Float.floatToRawIntBits(got[i])).isEqualTo(Float.floatToRawIntBits(expected[from + i]));
    }
  }
}
