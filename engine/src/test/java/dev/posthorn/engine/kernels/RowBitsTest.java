package dev.posthorn.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.spi.Function;
import dev.posthorn.spi.Matrix;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A row has the same bits in every batch, at every place, and whether the code is interpreted or compiled. */
class RowBitsTest {
  private static final int ROWS = 1000;
  private static final int[] BATCHES = {1, 2, 5, 7, 32, 1000};
  private static final int[][] SHAPES = {
    {33, 64}, {64, 32}, {32, 1}, {33, 1}, {30, 10}, {47, 100}, {20, 48}, {21, 130}, {7, 300}, {100, 16}
  };

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#all")
  void affineGivesARowTheSameBitsInEveryBatch(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(5);
    for (int[] shape : SHAPES) {
      int k = shape[0];
      int n = shape[1];
      Matrix matrix = kernels.pack(KernelCases.random(random, k * n), k, n);
      float[] bias = KernelCases.random(random, n);
      float[] x = KernelCases.random(random, ROWS * k);
      float[] whole = new float[ROWS * n];
      kernels.affine(x, 0, ROWS, matrix, bias, KernelCases.TANH, whole, 0);
      for (int batch : BATCHES) {
        for (int repeat = 0; repeat < 10; repeat++) {
          int first = random.nextInt(ROWS - batch + 1);
          int place = random.nextInt(9);
          float[] part = new float[place + batch * n];
          kernels.affine(x, first * k, batch, matrix, bias, KernelCases.TANH, part, place);
          assertSameBits(part, place, whole, first * n, batch * n);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#all")
  void multiplyGivesARowTheSameBitsInEveryBatch(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(6);
    for (int[] shape : SHAPES) {
      int k = shape[0];
      int n = shape[1];
      float[] b = KernelCases.random(random, k * n);
      float[] a = KernelCases.random(random, 50 * k);
      for (boolean transposed : new boolean[] {false, true}) {
        int bStride = transposed ? k : n;
        float[] whole = new float[50 * n];
        kernels.multiply(50, n, k, a, 0, k, b, 0, bStride, transposed, whole, 0, n, false);
        for (int batch : new int[] {1, 2, 3, 5, 7, 20}) {
          int first = random.nextInt(51 - batch);
          float[] part = new float[batch * n];
          kernels.multiply(batch, n, k, a, first * k, k, b, 0, bStride, transposed, part, 0, n, false);
          assertSameBits(part, 0, whole, first * n, batch * n);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#all")
  void functionsGiveANumberTheSameBitsAtEveryPlace(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(7);
    for (Function f : Function.values()) {
      List<Float> parameters = KernelCases.parameters(f);
      float[] x = KernelCases.random(random, 3000);
      x[17] = 1e9f;
      float[] whole = x.clone();
      kernels.apply(f, parameters.get(0), parameters.get(1), whole, 0, x.length);
      for (int repeat = 0; repeat < 40; repeat++) {
        int from = random.nextInt(30);
        int to = from + 1 + random.nextInt(70);
        float[] part = x.clone();
        kernels.apply(f, parameters.get(0), parameters.get(1), part, from, to);
        assertSameBits(part, from, whole, from, to - from);
        assertSameBits(part, to, x, to, 40);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.posthorn.engine.kernels.KernelCases#all")
  void bitsAreTheSameInterpretedAndAfterManyCalls(EngineKernels kernels) throws Exception {
    String interpreted = printedBy("-Xint", kernels.name());
    for (int i = 0; i < 300; i++) {
      digest(kernels);
    }
    assertThat(digest(kernels)).isEqualTo(interpreted);
    if (kernels.name().equals("ejml")) {
      return;
    }
    Matrix matrix = kernels.pack(new float[33 * 64], 33, 64);
    float[] y = new float[7 * 64];
    for (int i = 0; i < 100_000; i++) {
      kernels.affine(y, 0, 7, matrix, null, KernelCases.IDENTITY, y.clone(), 0);
    }
    assertThat(digest(kernels)).isEqualTo(interpreted);
  }

  private static String printedBy(String flag, String kernels) throws Exception {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector", flag,
            "-cp", System.getProperty("java.class.path"),
            RowBitsTest.class.getName(), kernels)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    assertThat(process.waitFor()).isZero();
    return printed;
  }

  /** What the fresh process runs: each kernel once. */
  public static void main(String[] arguments) {
    System.out.println(digest(KernelSelection.select(arguments[0]).kernels()));
  }

  /** The bits of every kernel on some numbers, hashed one by one. */
  private static String digest(EngineKernels kernels) {
    SplittableRandom random = new SplittableRandom(8);
    StringBuilder digest = new StringBuilder();
    for (int[] shape : SHAPES) {
      int k = shape[0];
      int n = shape[1];
      Matrix matrix = kernels.pack(KernelCases.random(random, k * n), k, n);
      float[] y = new float[13 * n];
      kernels.affine(KernelCases.random(random, 13 * k), 0, 13, matrix, null, KernelCases.TANH, y, 0);
      digest.append(' ').append(Arrays.hashCode(y));
    }
    for (Function f : Function.values()) {
      float[] x = KernelCases.random(random, 300);
      kernels.apply(f, KernelCases.parameters(f).get(0), KernelCases.parameters(f).get(1), x, 0, x.length);
      digest.append(' ').append(f).append(Arrays.hashCode(x));
    }
    float[] h = KernelCases.random(random, 2 * 37);
    float[] c = h.clone();
    float[] gates = KernelCases.random(random, 2 * 37 * 4);
    kernels.recurrences().lstm(2, 37, gates, 0, gates, 0, c, h);
    kernels.recurrences().gru(2, 37, gates, 0, gates, 0, c);
    digest.append(' ').append(Arrays.hashCode(c)).append(' ').append(Arrays.hashCode(h));
    float[] x = KernelCases.random(random, 101);
    kernels.softmax(x, 0, x.length);
    return digest.append(' ').append(Arrays.hashCode(x)).substring(1);
  }

  private static void assertSameBits(float[] got, int gotFrom, float[] expected, int from, int length) {
    for (int i = 0; i < length; i++) {
      int bits = Float.floatToRawIntBits(got[gotFrom + i]);
      if (bits != Float.floatToRawIntBits(expected[from + i])) {
        assertThat(Integer.toHexString(bits))
            .as("element %d of %d", i, length)
            .isEqualTo(Integer.toHexString(Float.floatToRawIntBits(expected[from + i])));
      }
    }
  }
}
