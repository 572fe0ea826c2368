package dev.posthorn.cli;

import static dev.posthorn.cli.Cli.CASES;
import static dev.posthorn.cli.Cli.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.Npy;
import dev.posthorn.engine.keras.Npz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
  private static final String MLP = "mlp_33_64_32_1";

  @TempDir Path folder;

  @Test
  void passesAModelThatAgrees() {
    Cli cli =
        Cli.run(
            "verify", file(MLP, "model.keras"), "--input", file(MLP, "input_0.npy"),
            "--expect", file(MLP, "output_0.npy"), "--layers", file(MLP, "layers.npz"));

    assertThat(cli.code()).as(cli.out() + cli.err()).isZero();
    assertThat(cli.lines().get(0)).matches("passed model \\(1 files, error \\d\\.\\de-\\d\\d\\)");
    assertThat(cli.lines()).contains("files: 1 passed, 0 failed, 0 refused", "1 passed, 0 failed, 0 refused");
  }

  @Test
  void namesTheWorstPlaceAndTheFirstLayerThatDiffers() throws IOException {
    ArrayTensor expected = Npy.read(file(MLP, "output_0.npy"), Budget.DEFAULT);
    expected.floats()[3] += 1;
    Path wrong = folder.resolve("y.npy");
    Files.write(wrong, Npy.bytes(expected));
    Map<String, ArrayTensor> layers = new LinkedHashMap<>();
    for (Map.Entry<String, StoredArray> one : Npz.open(file(MLP, "layers.npz"), Budget.DEFAULT).entrySet()) {
      layers.put(one.getKey(), one.getValue().read());
    }
    String second = List.copyOf(layers.keySet()).get(1);
    layers.values().stream().skip(1).forEach(layer -> layer.floats()[0] += 1);
    Path wrongLayers = folder.resolve("layers.npz");
    Files.write(wrongLayers, Npz.bytes(layers));

    Cli cli =
        Cli.run(
            "verify", file(MLP, "model.keras"), "--input", file(MLP, "input_0.npy"),
            "--expect", wrong, "--layers", wrongLayers, "--json", folder.resolve("report.json"));

    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.lines().get(0))
        .startsWith("FAILED model model.keras: output '")
        .contains("[3, 0]: expected ")
        .contains("the first layer that differs is '" + second + "'");
    String json = Files.readString(folder.resolve("report.json"));
    assertThat(json).startsWith("{\"schema\":\"posthorn.verify/1\",\"kernels\":\"");
    assertThat(json).contains("\"index\":[3,0]", "\"layer\":\"" + second + "\"", "\"result\":\"failed\"");
  }

  @Test
  void runsCaseFoldersAndCountsFilesAndCases() {
    Cli cli = Cli.run("verify", "--cases", CASES, "--filter", "mlp_*,stateful_*,lookup_*", "--forms", "keras,folder,npz", "--layers");

    assertThat(cli.code()).as(cli.out() + cli.err()).isZero();
    assertThat(cli.err()).isEmpty();
    assertThat(cli.lines()).hasSize(6);
    assertThat(cli.lines().get(1)).startsWith("passed mlp_33_64_32_1 (3 files, error ");
    assertThat(cli.lines().get(4)).isEqualTo("files: 6 passed, 0 failed, 0 refused");
    assertThat(cli.lines().get(5)).isEqualTo("4 passed, 0 failed, 0 refused");
  }

  @Test
  void refusesACaseWhoseLayersNobodySupplies() {
    Cli cli = Cli.run("verify", "--cases", CASES, "--filter", "custom_*", "--json", "-");

    assertThat(cli.code()).isEqualTo(1);
    Map<String, Object> report = cli.json();
    assertThat(report.get("total"))
        .isEqualTo(
            Map.of(
                "cases", Map.of("passed", 0L, "failed", 0L, "refused", 1L),
                "files", Map.of("passed", 0L, "failed", 0L, "refused", 1L)));
    Map<?, ?> one = (Map<?, ?>) ((List<?>) report.get("cases")).get(0);
    Map<?, ?> file = (Map<?, ?>) ((List<?>) one.get("files")).get(0);
    assertThat(file.get("result")).isEqualTo("refused");
    assertThat(file.get("form")).isEqualTo("keras");
    assertThat(String.valueOf(file.get("message"))).contains("snake");
  }

  @Test
  void noticesWhenTheSecondCallOfAStatefulModelIsWrong() throws IOException {
    Path copy = folder.resolve("stateful_lstm");
    Files.createDirectories(copy);
    for (String name : List.of("case.json", "model.keras", "input_0.npy", "output_0.npy")) {
      Files.copy(file("stateful_lstm", name), copy.resolve(name));
    }
    Files.copy(file("stateful_lstm", "output_0.npy"), copy.resolve("second_call_output_0.npy"));

    Cli cli = Cli.run("verify", "--cases", folder);

    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.lines().get(0)).startsWith("FAILED stateful_lstm model.keras: ").contains("of the second call");
  }

  @Test
  void expectsARefusalWhereTheCaseSaysSo() throws IOException {
    Path copy = folder.resolve("broken");
    Files.createDirectories(copy);
    Files.writeString(copy.resolve("case.json"), "{\"name\": \"broken\", \"family\": \"f\", \"expect\": \"refuse\"}");
    Files.writeString(copy.resolve("model.keras"), "<html>not a model</html>");
    Cli refused = Cli.run("verify", "--cases", folder);
    Files.copy(
        file(MLP, "model.keras"), copy.resolve("model.keras"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    Cli loaded = Cli.run("verify", "--cases", folder);

    assertThat(refused.code()).as(refused.out()).isZero();
    assertThat(refused.lines().get(0)).isEqualTo("passed broken (1 files, refused as expected)");
    assertThat(loaded.code()).isEqualTo(1);
    assertThat(loaded.lines().get(0)).startsWith("FAILED broken model.keras: expected to be refused");
  }

  @Test
  void saysThatNoCaseRan() {
    Cli cli = Cli.run("verify", "--cases", CASES, "--filter", "nothing_*");

    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains("no case").hasLineCount(1);
    assertThat(Cli.run("verify", "--cases", CASES, "--forms", "savedmodel").code()).isEqualTo(2);
  }

  @Test
  void exitsWith3WhereASingleModelCannotBeRead() throws IOException {
    Path cut = folder.resolve("cut.keras");
    Files.write(cut, java.util.Arrays.copyOf(Files.readAllBytes(file(MLP, "model.keras")), 2000));

    Cli cli = Cli.run("verify", cut, "--input", file(MLP, "input_0.npy"), "--expect", file(MLP, "output_0.npy"));

    assertThat(cli.code()).isEqualTo(3);
    assertThat(cli.err()).startsWith("posthorn: cut.keras").hasLineCount(1);
  }
}
