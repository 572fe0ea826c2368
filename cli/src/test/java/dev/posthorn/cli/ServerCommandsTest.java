package dev.posthorn.cli;

import static dev.posthorn.cli.Cli.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.cli.files.InputFiles;
import dev.posthorn.cli.files.NamedFile;
import dev.posthorn.cli.files.WireTensors;
import dev.posthorn.client.PosthornClient;
import dev.posthorn.client.PredictionRequest;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.Comparison;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.Npy;
import dev.posthorn.engine.keras.Npz;
import dev.posthorn.server.PosthornServer;
import dev.posthorn.server.ServerConfig;
import dev.posthorn.v1.Tensor;
import dev.posthorn.v1.TraceResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that call a server, against a real one. */
class ServerCommandsTest {
  private static final List<String> MODELS =
      List.of("mlp_33_64_32_1", "mlp_dict_io", "lookup_string_embedding_dense", "stateful_lstm");

  private static PosthornServer server;
  private static String address;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    var config = ServerConfig.builder().set("port", "0").set("drain-delay", "0").set("ready-when", "loaded");
    MODELS.forEach(name -> config.model(name, file(name, "model.keras")));
    server = PosthornServer.start(config.build());
    address = "127.0.0.1:" + server.port();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static List<NamedFile> inputs(String model) {
    List<NamedFile> inputs = new ArrayList<>();
    for (int i = 0; ; i++) {
      Path npy = file(model, "input_" + i + ".npy");
      Path json = file(model, "input_" + i + ".json");
      if (!Files.exists(npy) && !Files.exists(json)) {
        return inputs;
      }
      inputs.add(new NamedFile("input_" + i, Files.exists(npy) ? npy : json));
    }
  }

  private static Object[] predict(String model, String name, Object... more) {
    List<Object> words = new ArrayList<>(List.of("predict", model));
    for (NamedFile input : inputs(name)) {
      words.add("--input");
      words.add(input.name() + "=" + input.path());
    }
    words.addAll(List.of(more));
    return words.toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp_33_64_32_1", "mlp_dict_io", "lookup_string_embedding_dense", "stateful_lstm"})
  void predictsTheSameBitsOnAServerAsInProcess(String name) {
    Cli inProcess = Cli.run(predict(name + "=" + file(name, "model.keras"), name));
    Cli onServer = Cli.run(predict(name, name, "--server", address));

    assertThat(inProcess.code()).as(inProcess.err()).isZero();
    assertThat(onServer.code()).as(onServer.err()).isZero();
    assertThat(onServer.out()).isEqualTo(inProcess.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp_33_64_32_1", "mlp_dict_io", "lookup_string_embedding_dense"})
  void tracesWhatItPredicts(String name) {
    try (PosthornClient client = PosthornClient.connect(address)) {
      ServedModel served = ServedModel.get(client, name);
      List<ArrayTensor> bound = InputFiles.read(inputs(name), served.signature()).tensors();
      Tensor[] tensors = new Tensor[bound.size()];
      for (int i = 0; i < tensors.length; i++) {
        tensors[i] = WireTensors.encode(served.signature().inputs().get(i).name(), bound.get(i));
      }
      List<TraceResponse> trace = client.trace(PredictionRequest.of(name, tensors));
      for (Tensor output : client.predict(name, tensors).outputs()) {
        ArrayTensor predicted = WireTensors.decode(output);
        assertThat(trace)
            .anySatisfy(
                call -> {
                  ArrayTensor traced = WireTensors.decode(call.getOutputs(0));
                  assertThat(Comparison.of(predicted, traced, 1e-6, 1e-6).passed()).isTrue();
                });
      }
    }
  }

  @Test
  void tracesWhatKerasRecordedOfEveryLayer() {
    try (PosthornClient client = PosthornClient.connect(address)) {
      ArrayTensor input = Npy.read(file("mlp_33_64_32_1", "input_0.npy"), Budget.DEFAULT);
      Map<String, StoredArray> layers = Npz.open(file("mlp_33_64_32_1", "layers.npz"), Budget.DEFAULT);
      List<TraceResponse> trace =
          client.trace(PredictionRequest.of("mlp_33_64_32_1", WireTensors.encode("", input)));

      for (Map.Entry<String, StoredArray> layer : layers.entrySet()) {
        TraceResponse call =
            trace.stream().filter(t -> layer.getKey().startsWith(t.getLayer())
                && (layer.getKey().equals(t.getLayer()) || layer.getKey().charAt(t.getLayer().length()) == ':'))
                .findFirst().orElseThrow();
        Comparison comparison =
            Comparison.of(layer.getValue().read(), WireTensors.decode(call.getOutputs(0)), 1e-4, 1e-5);
        assertThat(comparison.passed()).as(layer.getKey() + comparison).isTrue();
      }
    }
  }

  @Test
  void saysWhatTheServerHas() {
    Cli table = Cli.run("models", address);
    Cli json = Cli.run("models", address, "--json", "-");

    assertThat(table.code()).isZero();
    assertThat(table.lines()).hasSize(5);
    assertThat(table.lines().get(1)).startsWith("lookup_string_embedding_dense").contains("READY");
    assertThat((List<?>) json.json().get("models")).hasSize(4);
  }

  @Test
  void tellsBadInputFromARefusal() {
    Cli bad = Cli.run("predict", "mlp_33_64_32_1", "--server", address, "--input", file("stateful_lstm", "input_0.npy"));
    Cli unknown = Cli.run("predict", "nosuch", "--server", address, "--input", file("stateful_lstm", "input_0.npy"));

    assertThat(bad.code()).isEqualTo(3);
    assertThat(bad.err()).startsWith("posthorn: ").hasLineCount(1);
    assertThat(unknown.code()).isEqualTo(4);
    assertThat(unknown.err()).startsWith("posthorn: ").contains("'nosuch'").hasLineCount(1);
  }

  @Test
  void makesLoadInAClosedLoop() {
    Cli cli =
        Cli.run(
            "load", address, "mlp_33_64_32_1", "--streams", "2", "--batch", "4", "--in-flight", "2", "--seconds", "0.5",
            "--warm-up", "0.2", "--json", "-");

    assertThat(cli.code()).as(cli.err()).isZero();
    Map<String, Object> report = cli.json();
    assertThat(report)
        .containsEntry("schema", "posthorn.load/1")
        .containsEntry("streams", 2L)
        .containsEntry("in_flight", 2L)
        .containsEntry("rate", null)
        .containsEntry("wrong", 0L)
        .containsEntry("failed", 0L)
        .containsEntry("sent", report.get("ok"));
    assertThat((Long) report.get("ok")).isGreaterThan(10);
    Map<?, ?> latency = (Map<?, ?>) report.get("latency_micros");
    assertThat((Double) latency.get("p50")).isPositive().isLessThanOrEqualTo((Double) latency.get("max"));
  }

  @Test
  void keepsTheRateOfAnOpenLoop() {
    Cli cli =
        Cli.run(
            "load", address, "mlp_33_64_32_1", "--batch", "1", "--rate", "100", "--seconds", "1", "--warm-up", "0.2",
            "--input", file("mlp_33_64_32_1", "input_0.npy"), "--json", folder.resolve("load.json"));

    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(folder.resolve("load.json")).content().containsPattern("\"sent\":([89]\\d|1[01]\\d),\"ok\":");
    assertThat(cli.out()).contains("open loop at 100 messages/s");
  }

  @Test
  void countsTheWaitOfMessagesThatCouldNotBeSentInTime() {
    Cli cli =
        Cli.run(
            "load", address, "mlp_33_64_32_1", "--batch", "4096", "--in-flight", "1", "--rate", "50000", "--seconds",
            "0.5", "--warm-up", "0", "--json", "-");

    Map<?, ?> latency = (Map<?, ?>) cli.json().get("latency_micros");
    assertThat((Long) cli.json().get("unsent")).isPositive();
    assertThat((Double) latency.get("p50")).as("half of the messages waited for a good part of the time").isGreaterThan(50_000);
  }
}
