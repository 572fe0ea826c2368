package dev.posthorn.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.spi.Windows;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Convolutions, pooling and arithmetic on channels agree with their scalar twins over random shapes, write nothing else,
 * and give the same bits whatever range of rows they are asked for.
 */
class ImageKernelsTest {
  private static final float[] SPECIAL = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 0f, Float.MIN_VALUE, -1e-40f
  };
  private static final int[] CHANNELS = {1, 2, 3, 5, 8, 15, 16, 17, 24, 32, 33, 48, 64, 70};
  private static final int[] FILTERS = {1, 2, 7, 15, 16, 17, 31, 32, 40, 48, 63, 64, 65, 96, 130};
  private static final int CASES = 400;
  private static final int GUARD = 20;
  private static final int FROM = 3;

  private final EngineKernels reference = new EjmlKernels();

  /** One random image with its windows. */
  private record Image(Windows windows, int channels, float[] x) {
    static Image random(SplittableRandom random, boolean pooling) {
      int channels = CHANNELS[random.nextInt(CHANNELS.length)];
      int[][] d = new int[6][3];
      for (int axis = 0; axis < 3; axis++) {
        boolean used = axis == 2 || axis == 1 && random.nextInt(4) > 0 || axis == 0 && random.nextInt(5) == 0;
        int size = used ? random.nextInt(1, 5) : 1;
        int dilation = used && size > 1 && !pooling ? random.nextInt(1, 3) : 1;
        int stride = used ? random.nextInt(1, 4) : 1;
        int span = (size - 1) * dilation + 1;
        int length = used ? random.nextInt(1, axis == 0 ? 5 : 18) : 1;
        boolean same = used && random.nextBoolean() || length < span;
        int output = same ? (length + stride - 1) / stride : (length - span) / stride + 1;
        d[0][axis] = length;
        d[1][axis] = output;
        d[2][axis] = size;
        d[3][axis] = stride;
        d[4][axis] = dilation;
        d[5][axis] = same ? Math.max((output - 1) * stride + span - length, 0) / 2 : 0;
      }
      Windows windows = new Windows(d[0], d[1], d[2], d[3], d[4], d[5]);
      float[] x = KernelCases.random(random, FROM + windows.inputCells() * channels);
      if (random.nextInt(4) == 0) {
        for (int i = 0; i < 3; i++) {
          x[FROM + random.nextInt(x.length - FROM)] = SPECIAL[random.nextInt(SPECIAL.length)];
        }
      }
      return new Image(windows, channels, x);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void convolutionsOfAnyShapeAgree(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < CASES; i++) {
      Image image = Image.random(random, false);
      Windows windows = image.windows;
      int filters = FILTERS[random.nextInt(FILTERS.length)];
      int first = random.nextInt(image.channels);
      int own = random.nextInt(3) == 0 ? random.nextInt(1, image.channels - first + 1) : image.channels - first;
      int rows = windows.windowCells() * own;
      float[] w = weights(random, rows * filters, rows);
      float[] bias = random.nextInt(4) == 0 ? null : KernelCases.random(random, filters);
      boolean relu = random.nextBoolean();
      int yCell = filters + (random.nextBoolean() ? 0 : random.nextInt(4));
      float[] expected = KernelCases.random(random, FROM + windows.outputCells() * yCell + GUARD);
      float[] got = expected.clone();
      float[] parts = expected.clone();
      reference.convolutions().convolve(
          windows, image.x, FROM + first, image.channels, reference.pack(w, rows, filters), bias, relu, expected, FROM,
          yCell, 0, windows.rows());
      kernels.convolutions().convolve(
          windows, image.x, FROM + first, image.channels, kernels.pack(w, rows, filters), bias, relu, got, FROM, yCell,
          0, windows.rows());
      assertAgree(got, expected, rows);
      int cut = random.nextInt(windows.rows() + 1);
      for (int[] range : new int[][] {{cut, windows.rows()}, {0, cut}}) {
        kernels.convolutions().convolve(
            windows, image.x, FROM + first, image.channels, kernels.pack(w, rows, filters), bias, relu, parts, FROM,
            yCell, range[0], range[1]);
      }
      assertSameBits(parts, got);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void depthwiseConvolutionsOfAnyShapeAgree(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(12);
    for (int i = 0; i < CASES; i++) {
      Image image = Image.random(random, false);
      Windows windows = image.windows;
      int n = image.channels;
      float[] w = weights(random, windows.windowCells() * n, windows.windowCells());
      float[] bias = random.nextInt(4) == 0 ? null : KernelCases.random(random, n);
      boolean relu = random.nextBoolean();
      float[] expected = KernelCases.random(random, FROM + windows.outputCells() * n + GUARD);
      float[] got = expected.clone();
      float[] parts = expected.clone();
      int rows = windows.rows();
      reference.convolutions().depthwise(windows, n, image.x, FROM, w, bias, relu, expected, FROM, 0, rows);
      kernels.convolutions().depthwise(windows, n, image.x, FROM, w, bias, relu, got, FROM, 0, rows);
      assertAgree(got, expected, windows.windowCells());
      int cut = random.nextInt(rows + 1);
      kernels.convolutions().depthwise(windows, n, image.x, FROM, w, bias, relu, parts, FROM, cut, rows);
      kernels.convolutions().depthwise(windows, n, image.x, FROM, w, bias, relu, parts, FROM, 0, cut);
      assertSameBits(parts, got);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void poolingOfAnyShapeAgrees(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(13);
    for (int i = 0; i < CASES; i++) {
      Image image = Image.random(random, true);
      Windows windows = image.windows;
      int n = image.channels;
      int rows = windows.rows();
      int cut = random.nextInt(rows + 1);
      float[] expected = KernelCases.random(random, FROM + windows.outputCells() * n + GUARD);
      float[] got = expected.clone();
      float[] parts = expected.clone();
      reference.poolings().max(windows, n, image.x, FROM, expected, FROM, 0, rows);
      kernels.poolings().max(windows, n, image.x, FROM, got, FROM, 0, rows);
      assertAgree(got, expected, 1);
      kernels.poolings().max(windows, n, image.x, FROM, parts, FROM, cut, rows);
      kernels.poolings().max(windows, n, image.x, FROM, parts, FROM, 0, cut);
      assertSameBits(parts, got);
      reference.poolings().mean(windows, n, image.x, FROM, expected, FROM, 0, rows);
      kernels.poolings().mean(windows, n, image.x, FROM, got, FROM, 0, rows);
      assertAgree(got, expected, windows.windowCells());
      kernels.poolings().mean(windows, n, image.x, FROM, parts, FROM, cut, rows);
      kernels.poolings().mean(windows, n, image.x, FROM, parts, FROM, 0, cut);
      assertSameBits(parts, got);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#vectors")
  void arithmeticOnChannelsAgrees(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(14);
    for (int i = 0; i < CASES; i++) {
      int rows = random.nextInt(1, 12);
      int n = CHANNELS[random.nextInt(CHANNELS.length)];
      float[] x = KernelCases.random(random, FROM + rows * n);
      float[] other = KernelCases.random(random, FROM + rows * n);
      x[FROM + random.nextInt(rows * n)] = SPECIAL[random.nextInt(SPECIAL.length)];
      float low = random.nextBoolean() ? 0 : Float.NEGATIVE_INFINITY;
      float[] expected = KernelCases.random(random, FROM + rows * n + GUARD);
      float[] got = expected.clone();
      reference.channels().scaleShift(x, FROM, expected, FROM, rows, n, other, x, low);
      kernels.channels().scaleShift(x, FROM, got, FROM, rows, n, other, x, low);
      assertSameBits(got, expected);
      reference.channels().scale(x, FROM, expected, FROM, rows, n, other, FROM);
      kernels.channels().scale(x, FROM, got, FROM, rows, n, other, FROM);
      assertSameBits(got, expected);
      reference.channels().add(x, FROM, other, FROM, expected, FROM, rows * n, low);
      kernels.channels().add(x, FROM, other, FROM, got, FROM, rows * n, low);
      assertSameBits(got, expected);
      reference.channels().max(x, FROM, rows, n, expected, FROM);
      kernels.channels().max(x, FROM, rows, n, got, FROM);
      assertSameBits(got, expected);
      reference.channels().mean(x, FROM, rows, n, expected, FROM);
      kernels.channels().mean(x, FROM, rows, n, got, FROM);
      assertAgree(got, expected, rows);
    }
  }

  /** So that a sum of that many products is of size 1. */
  private static float[] weights(SplittableRandom random, int length, int terms) {
    float[] weights = KernelCases.random(random, length);
    for (int i = 0; i < length; i++) {
      weights[i] /= (float) Math.sqrt(terms);
    }
    return weights;
  }

  /** Within 1e-6 of 1 + |x|; sums of many terms, each of them rounded on both sides, by the root of their number. */
  private static void assertAgree(float[] got, float[] expected, int terms) {
    double rounding = 1e-6 * Math.max(1, Math.sqrt(terms) / 10);
    for (int i = 0; i < expected.length; i++) {
      boolean agree = Float.isFinite(expected[i])
          ? Math.abs(got[i] - expected[i]) <= rounding * (1 + Math.abs(expected[i]))
          : Float.compare(got[i], expected[i]) == 0;
      if (!agree) {
        assertThat(got[i]).as("element %d", i).isEqualTo(expected[i]);
      }
    }
  }

  private static void assertSameBits(float[] got, float[] expected) {
    assertThat(Arrays.mismatch(got, expected)).as("first element that differs").isEqualTo(-1);
  }
}
