package dev.posthorn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A row's bits never depend on its company, on the number of threads, or on whether the code is compiled. */
class BitsTest {
  private static final int ROWS = 1000;
  private static final int[] BATCHES = {1, 2, 5, 7, 32, 1000};

  @TempDir Path temporary;
  private Path folder = Path.of("");

  @BeforeEach
  void unpack() {
    folder = GoldenCases.unpack(temporary);
  }

  @ParameterizedTest
  @CsvSource({
    "mlp_33_64_32_1, auto", "mlp_33_64_32_1, ejml",
    "mlp_20_16_5_softmax, auto",
    "trained_digits_cnn, auto", "trained_digits_cnn, ejml",
    "lstm_var_length, auto", "lstm_var_length, ejml",
    "net_transformer_encoder, auto"
  })
  void areTheSameInEveryBatch(String name, String kernels) {
    for (int threads : new int[] {1, 2}) {
      try (Engine engine = Engine.builder().kernels(kernels).threads(threads).build();
          Model model = GoldenCases.load(engine, folder, name)) {
        assertThat(model.rowsIndependent()).as(String.valueOf(model.whyNotJoined())).isTrue();
        List<ArrayTensor> inputs = GoldenCases.random(model, ROWS);
        float[] whole = predict(model, inputs);
        int width = whole.length / ROWS;
        SplittableRandom random = new SplittableRandom(7);
        for (int batch : BATCHES) {
          for (int repeat = 0; repeat < 12; repeat++) {
            int[] rows = random.ints(batch, 0, ROWS).toArray();
            float[] part = predict(model, inputs.stream().map(t -> rows(t, rows)).toList());
            for (int i = 0; i < batch; i++) {
              int from = rows[i] * width;
              assertThat(Arrays.mismatch(
                      bits(part, i * width, width), bits(whole, from, width)))
                  .as("row %d at place %d of %d, %d threads", rows[i], i, batch, threads)
                  .isEqualTo(-1);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"mlp_33_64_32_1, 100000", "trained_digits_cnn, 3000", "lstm_var_length, 20000"})
  void areTheSameInAFreshProcessAndOnceCompiled(String name, int calls) throws Exception {
    String fresh = inFreshProcess(name);
    try (Engine engine = Engine.builder().threads(1).build();
        Model model = GoldenCases.load(engine, folder, name)) {
      List<ArrayTensor> inputs = GoldenCases.random(model, 7);
      List<ArrayTensor> outputs = model.outputSpecs(inputs).stream().map(ArrayTensor::allocate).toList();
      for (int i = 0; i < calls; i++) {
        model.predict(inputs, outputs, Cancellation.NONE);
      }
      assertThat(hex(outputs.get(0).floats())).isEqualTo(fresh);
    }
  }

  private String inFreshProcess(String name) throws Exception {
    List<String> command = List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--add-modules=jdk.incubator.vector",
        "-Xint",
        "-cp", System.getProperty("java.class.path").replace(File.pathSeparator + File.pathSeparator, File.pathSeparator),
        BitsTest.class.getName(), folder.toString(), name);
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    return printed.strip();
  }

  /** What the fresh process runs: one call, its bits on stdout. */
  public static void main(String[] arguments) {
    try (Engine engine = Engine.builder().threads(1).build();
        Model model = GoldenCases.load(engine, Path.of(arguments[0]), arguments[1])) {
      System.out.println(hex(predict(model, GoldenCases.random(model, 7))));
    }
  }

  private static float[] predict(Model model, List<ArrayTensor> inputs) {
    ArrayTensor output = model.predict(inputs).get(0);
    return Arrays.copyOf(output.floats(), output.size());
  }

  private static ArrayTensor rows(ArrayTensor whole, int[] rows) {
    ArrayTensor part = ArrayTensor.allocate(whole.spec().withShape(whole.shape().with(0, rows.length)));
    int width = whole.size() / whole.shape().first();
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(whole.array(), rows[i] * width, part.array(), i * width, width);
    }
    return part;
  }

  private static int[] bits(float[] values, int from, int length) {
    int[] bits = new int[length];
    for (int i = 0; i < length; i++) {
      bits[i] = Float.floatToRawIntBits(values[from + i]);
    }
    return bits;
  }

  private static String hex(float[] values) {
    List<String> words = new ArrayList<>();
    for (float value : values) {
      words.add(Integer.toHexString(Float.floatToRawIntBits(value)));
    }
    return String.join(" ", words);
  }
}
