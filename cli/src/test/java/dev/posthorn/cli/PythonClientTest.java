package dev.posthorn.cli;

import static dev.posthorn.cli.Cli.file;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.Comparison;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.Npy;
import dev.posthorn.engine.keras.Npz;
import dev.posthorn.server.PosthornServer;
import dev.posthorn.server.ServerConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python example against a real server. POSTHORN_PYTHON names the interpreter; default: python3. */
class PythonClientTest {
  private static final Path CLIENT = Cli.HOME.resolve("examples/python-client/posthorn_client.py");
  private static final String PYTHON = Optional.ofNullable(System.getenv("POSTHORN_PYTHON")).orElse("python3");
  private static final String NEEDS = "import sys, grpc, grpc_status, grpc_tools, numpy; sys.exit(sys.version_info < (3, 9))";

  private static PosthornServer server;

  @TempDir Path folder;

  private record Result(int code, String output) {}

  @BeforeAll
  static void start() throws Exception {
    Result probe = run(List.of(PYTHON, "-c", NEEDS));
    Assumptions.assumeTrue(
        probe.code() == 0,
        "skipped: " + PYTHON + " is no Python 3.9+ with the packages of examples/python-client/requirements.txt: "
            + probe.output().lines().reduce("", (a, b) -> b));
    server =
        PosthornServer.start(
            ServerConfig.builder()
                .set("port", "0").set("admin", "").set("ready-when", "loaded")
                .model("mlp", file("mlp_33_64_32_1", "model.keras"))
                .model("words", file("lookup_string_embedding_dense", "model.keras"))
                .model("two", file("mlp_dict_io", "model.keras"))
                .build());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static Result run(List<String> command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      return new Result(process.exitValue(), output);
    } catch (IOException e) {
      return new Result(-1, String.valueOf(e.getMessage()));
    }
  }

  private static Result client(String command, Object... more) throws InterruptedException {
    List<String> words = new ArrayList<>(List.of(PYTHON, CLIENT.toString(), command, "127.0.0.1:" + server.port()));
    for (Object word : more) {
      words.add(word.toString());
    }
    return run(words);
  }

  private Path inProcess(String model, Object... inputs) {
    Path out = folder.resolve("java-" + model);
    List<Object> words = new ArrayList<>(List.of("predict", file(model, "model.keras"), "--output", out));
    words.addAll(List.of(inputs));
    Cli cli = Cli.run(words.toArray());
    assertThat(cli.code()).as(cli.err()).isZero();
    return out;
  }

  private static void assertSameBits(Path javaFile, Path pythonFile) {
    assertThat(Npy.read(pythonFile, Budget.DEFAULT).floats()).isEqualTo(Npy.read(javaFile, Budget.DEFAULT).floats());
  }

  private static Path only(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void predictsAndStreamsTheSameBitsAsInProcess() throws Exception {
    Path input = file("mlp_33_64_32_1", "input_0.npy");
    Path unary = folder.resolve("unary.npy");
    Path streamed = folder.resolve("streamed.npy");

    Result predict = client("predict", "mlp", "--input", input, "--output", unary);
    Result stream = client("stream", "mlp", "--input", input, "--batch", "3", "--output", streamed);

    assertThat(predict.code()).as(predict.output()).isZero();
    assertThat(stream.code()).as(stream.output()).isZero();
    Path expected = only(inProcess("mlp_33_64_32_1", "--input", input));
    assertSameBits(expected, unary);
    assertSameBits(expected, streamed);
  }

  @Test
  void sendsStringsAndSeveralInputs() throws Exception {
    Path words = file("lookup_string_embedding_dense", "input_0.json");
    Path out = folder.resolve("words.npy");
    Path answers = folder.resolve("answers");

    Result strings = client("predict", "words", "--input", words, "--output", out);
    Object[] inputs = {
      "--input", "input_0=" + file("mlp_dict_io", "input_0.npy"), "--input", "input_1=" + file("mlp_dict_io", "input_1.npy")
    };
    Result several =
        client("predict", "two", inputs[0], inputs[1], inputs[2], inputs[3], "--output", answers + "/");

    assertThat(strings.code()).as(strings.output()).isZero();
    assertThat(several.code()).as(several.output()).isZero();
    assertSameBits(only(inProcess("lookup_string_embedding_dense", "--input", words)), out);
    Path expected = inProcess("mlp_dict_io", inputs);
    try (var files = Files.list(expected)) {
      for (Path one : files.toList()) {
        assertSameBits(one, answers.resolve(one.getFileName()));
      }
    }
  }

  @Test
  void tracesWhatKerasRecorded() throws Exception {
    Path out = folder.resolve("trace.npz");

    Result trace = client("trace", "mlp", "--input", file("mlp_33_64_32_1", "input_0.npy"), "--output", out);

    assertThat(trace.code()).as(trace.output()).isZero();
    Map<String, StoredArray> traced = Npz.open(out, Budget.DEFAULT);
    Map<String, StoredArray> recorded = Npz.open(file("mlp_33_64_32_1", "layers.npz"), Budget.DEFAULT);
    assertThat(traced.keySet()).isNotEmpty();
    ArrayTensor last = null;
    for (Map.Entry<String, StoredArray> layer : recorded.entrySet()) {
      StoredArray same = traced.getOrDefault(layer.getKey(), traced.get(layer.getKey().replaceAll(":0$", "")));
      assertThat(same).as(layer.getKey() + " in " + traced.keySet()).isNotNull();
      last = same.read();
      assertThat(Comparison.of(layer.getValue().read(), last, 1e-4, 1e-5).passed()).as(layer.getKey()).isTrue();
    }
    assertThat(last).isNotNull();
  }

  @Test
  void sendsAModelAsWeightsAndBiases() throws Exception {
    Path input = file("mlp_33_64_32_1", "input_0.npy");
    Path weights = file("mlp_33_64_32_1", "weights.npz");
    Path out = folder.resolve("sent.npy");
    Path here = folder.resolve("here.npy");

    Result load = client("load", "sent", "--weights", weights, "--activations", "relu,relu,linear");
    Result predict = client("predict", "sent", "--input", input, "--output", out);
    Cli cli = Cli.run("predict", weights, "--activations", "relu,relu,linear", "--input", input, "--output", here);

    assertThat(load.code()).as(load.output()).isZero();
    assertThat(predict.code()).as(predict.output()).isZero();
    assertThat(cli.code()).as(cli.err()).isZero();
    assertSameBits(here, out);
    Path json = folder.resolve("printed.json");
    Files.writeString(json, printed(Npz.open(weights, Budget.DEFAULT)));
    Path fromJson = folder.resolve("json.npy");
    assertThat(Cli.run("predict", json, "--input", input, "--output", fromJson).code()).isZero();
    assertSameBits(here, fromJson);
  }

  /** What somebody has who printed the weights. */
  private static String printed(Map<String, StoredArray> arrays) {
    List<String> weights = new ArrayList<>();
    List<String> biases = new ArrayList<>();
    for (StoredArray array : arrays.values()) {
      ArrayTensor tensor = array.read();
      String text = dev.posthorn.engine.keras.JsonText.of(dev.posthorn.cli.files.TensorLists.of(tensor));
      (tensor.shape().rank() == 2 ? weights : biases).add(text);
    }
    return "{\"weights\":" + weights + ",\"biases\":" + biases + ",\"activations\":[\"relu\",\"relu\",\"linear\"]}";
  }

  @Test
  void reportsTheReasonOfARefusal() throws Exception {
    Result refused = client("predict", "nosuch", "--input", file("mlp_33_64_32_1", "input_0.npy"));

    assertThat(refused.code()).isEqualTo(3);
    assertThat(refused.output()).contains("MODEL_NOT_FOUND");
  }
}
