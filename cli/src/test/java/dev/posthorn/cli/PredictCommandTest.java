package dev.posthorn.cli;

import static dev.posthorn.cli.Cli.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.Npy;
import dev.posthorn.engine.keras.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PredictCommandTest {
  private static final Path MLP = file("mlp_33_64_32_1", "model.keras");
  private static final Path MLP_INPUT = file("mlp_33_64_32_1", "input_0.npy");

  @TempDir Path folder;

  @Test
  void printsJsonInTheFormOfTheContract() {
    Cli cli = Cli.run("predict", MLP, "--input", MLP_INPUT);

    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.err()).isEmpty();
    assertThat(cli.out()).startsWith("{\"model\":\"model\",\"version\":1,\"outputs\":[{\"name\":\"");
    Map<?, ?> output = (Map<?, ?>) ((List<?>) cli.json().get("outputs")).get(0);
    assertThat(output.get("data_type")).isEqualTo("float32");
    assertThat(output.get("shape")).isEqualTo(List.of(8L, 1L));
    float[] expected = Npy.read(file("mlp_33_64_32_1", "output_0.npy"), Budget.DEFAULT).floats();
    List<?> rows = (List<?>) output.get("data");
    for (int i = 0; i < expected.length; i++) {
      double got = (Double) ((List<?>) rows.get(i)).get(0);
      assertThat(got).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-6));
      assertThat(cli.out()).contains("[" + (float) got + "]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"y.npy", "y.npz", "y.csv", "y.json"})
  void givesTheSameBitsInEveryFormat(String name) throws IOException {
    float[] bits = predicted();
    Path target = folder.resolve(name);

    Cli cli = Cli.run("predict", MLP, "--input", MLP_INPUT, "--output", target);

    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.out()).isEmpty();
    // The file goes back in as an expectation of the model that made it: every format is read and written.
    Cli verified = Cli.run("verify", MLP, "--input", MLP_INPUT, "--expect", target, "--rtol", "0", "--atol", "0");
    assertThat(verified.out()).contains("error 0.0e+00");
    assertThat(verified.code()).isZero();
    assertThat(bits).hasSize(8);
    assertThat(Files.size(target)).isPositive();
  }

  private float[] predicted() {
    Path out = folder.resolve("bits.npy");
    assertThat(Cli.run("predict", MLP, "--input", MLP_INPUT, "--output", out).code()).isZero();
    return Npy.read(out, Budget.DEFAULT).floats();
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "csv-header", "json", "npz", "float64"})
  void readsTheSameNumbersFromEveryFormat(String form) throws IOException {
    ArrayTensor input = Npy.read(MLP_INPUT, Budget.DEFAULT);
    Path file = folder.resolve("x." + (form.startsWith("csv") ? "csv" : form.equals("float64") ? "npy" : form));
    switch (form) {
      case "csv" -> Files.writeString(file, csv(input, ""));
      case "csv-header" -> Files.writeString(file, csv(input, "\"f, 0\"" + ",f".repeat(32) + "\r\n"));
      case "json" -> Files.writeString(file, "[[" + csv(input, "").strip().replace("\r\n", "],[") + "]]");
      case "npz" -> Files.write(file, Npz.bytes(Map.of("arr_0", input)));
      default -> {
        double[] doubles = new double[input.size()];
        java.util.Arrays.setAll(doubles, i -> input.floats()[i]);
        Files.write(file, Npy.bytes(ArrayTensor.of(doubles, 8, 33)));
      }
    }
    Path out = folder.resolve("out.npy");

    Cli cli = Cli.run("predict", MLP, "--input", file, "--output", out);

    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(Npy.read(out, Budget.DEFAULT).floats()).isEqualTo(predicted());
    if (form.equals("float64")) {
      assertThat(cli.err()).startsWith("posthorn: note: converted float64 to float32").hasLineCount(1);
    } else {
      assertThat(cli.err()).isEmpty();
    }
  }

  private static String csv(ArrayTensor input, String header) {
    StringBuilder text = new StringBuilder(header);
    for (int row = 0; row < 8; row++) {
      for (int i = 0; i < 33; i++) {
        text.append(i == 0 ? "" : ",").append(input.floats()[row * 33 + i]);
      }
      text.append("\r\n");
    }
    return text.toString();
  }

  @Test
  void takesSeveralInputsByNameByAliasAndByPlace() throws IOException {
    Path model = file("mlp_dict_io", "model.keras");
    Path first = file("mlp_dict_io", "input_0.npy");
    Path second = file("mlp_dict_io", "input_1.npy");
    Path odd = Files.copy(first, folder.resolve("p.npy"));
    Path even = Files.copy(second, folder.resolve("q.npy"));

    Cli byStem = Cli.run("predict", model, "--input", second, "--input", first);
    Cli byAlias = Cli.run("predict", model, "--input", "input_1=" + even, "--input", "input_0=" + odd);
    Cli byPlace = Cli.run("predict", model, "--input", odd, "--input", even);

    assertThat(byStem.code()).as(byStem.err()).isZero();
    assertThat(byAlias.out()).isEqualTo(byStem.out());
    assertThat(byPlace.out()).isEqualTo(byStem.out());
    assertThat((List<?>) byStem.json().get("outputs")).hasSize(2);
  }

  @Test
  void writesAFolderWithAFileForEachOutput() {
    Path out = folder.resolve("answers");

    Cli cli =
        Cli.run(
            "predict", file("mlp_dict_io", "model.keras"),
            "--input", file("mlp_dict_io", "input_0.npy"), "--input", file("mlp_dict_io", "input_1.npy"),
            "--output", out);

    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(out).isDirectoryContaining("glob:**.npy");
    assertThat(out.toFile().list()).hasSize(2);
  }

  @Test
  void takesStrings() {
    Cli cli =
        Cli.run(
            "predict", file("lookup_string_embedding_dense", "model.keras"),
            "--input", file("lookup_string_embedding_dense", "input_0.json"));

    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.out()).contains("\"shape\":[4,2]");
  }

  @Test
  void answersNothingToNothingAndNaNToNaN() throws IOException {
    Path none = folder.resolve("none.npy");
    Files.write(none, Npy.bytes(ArrayTensor.of(new float[0], 0, 33)));
    Path nan = folder.resolve("nan.csv");
    Files.writeString(nan, "NaN" + ",0".repeat(32) + "\n");

    assertThat(Cli.run("predict", MLP, "--input", none).out()).contains("\"shape\":[0,1],\"data\":[]");
    assertThat(Cli.run("predict", MLP, "--input", nan).out()).contains("\"data\":[[NaN]]");
  }

  @Test
  void saysInOneLineWhatIsWrongWithAnInput() throws IOException {
    Path narrow = folder.resolve("narrow.csv");
    Files.writeString(narrow, "1,2,3\n");
    Path ragged = folder.resolve("ragged.csv");
    Files.writeString(ragged, "1,2,3\n4,5\n");
    Path raggedJson = folder.resolve("ragged.json");
    Files.writeString(raggedJson, "[[1,2],[3]]");
    Path words = folder.resolve("words.json");
    Files.writeString(words, "[[\"a\"]]");

    assertBad(narrow, "expected 33 features, got 3");
    assertBad(ragged, "ragged.csv: line 2: expected 3 fields, got 2");
    assertBad(raggedJson, "ragged data");
    assertBad(words, "expected float32, got string");
    assertBad(Path.of("/nowhere/x.npy"), "/nowhere/x.npy");
    assertBad(Path.of("nose=" + MLP_INPUT), "unknown input 'nose'");
  }

  private static void assertBad(Path input, String message) {
    Cli cli = Cli.run("predict", MLP, "--input", input);
    assertThat(cli.err()).startsWith("posthorn: ").contains(message).hasLineCount(1);
    assertThat(cli.code()).isEqualTo(3);
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void readsBareArraysWithActivations() {
    Path weights = file("mlp_33_64_32_1", "weights.npz");
    Path expected = file("mlp_33_64_32_1", "output_0.npy");

    Cli cli =
        Cli.run(
            "verify", weights, "--activations", "relu,relu,linear", "--input", MLP_INPUT, "--expect", expected,
            "--rtol", "0", "--atol", "1e-6");

    assertThat(cli.out()).startsWith("passed weights");
    assertThat(cli.code()).as(cli.out() + cli.err()).isZero();
  }

  @Test
  void honoursTheSettingsFileBesideAModel() throws IOException {
    Path model = folder.resolve("m.npz");
    Files.copy(file("mlp_33_64_32_1", "weights.npz"), model);
    Path settings = folder.resolve("m.posthorn.yaml");
    Files.writeString(settings, "activations: [relu, relu, linear]\n");
    Cli good = Cli.run("predict", model, "--input", MLP_INPUT);
    Files.writeString(settings, "activation: [relu, relu, linear]\n");
    Cli bad = Cli.run("predict", model, "--input", MLP_INPUT);

    assertThat(good.code()).as(good.err()).isZero();
    assertThat(bad.code()).isEqualTo(3);
    assertThat(bad.err()).contains("activations");
  }
}
