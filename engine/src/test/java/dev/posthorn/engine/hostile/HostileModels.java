package dev.posthorn.engine.hostile;

import dev.posthorn.engine.keras.hdf5.Hdf5Builder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Architectures that ask for too much: sizes, graphs, nesting, text. Each is a whole {@code .keras} file. */
final class HostileModels {
  private static final long HUGE = 2_000_000_000L;

  private final Map<String, byte[]> files = new LinkedHashMap<>();

  private HostileModels() {}

  /** Files by a name that begins with what is expected: refuse, load or either. */
  static Map<String, byte[]> all() {
    HostileModels models = new HostileModels();
    models.sizes();
    models.operations();
    models.graphs();
    models.nesting();
    models.text();
    return models.files;
  }

  private void sizes() {
    layer("refuse-units", "[null, 4]", "Dense", "\"units\": " + HUGE);
    layer("refuse-embedding", "[null, 4]", "Embedding", "\"input_dim\": 2147483647, \"output_dim\": 2147483647");
    layer("refuse-lstm", "[null, 4, 4]", "LSTM", "\"units\": 2147483647");
    layer("refuse-filters", "[null, 8, 8, 3]", "Conv2D", "\"filters\": " + HUGE + ", \"kernel_size\": [3, 3]");
    layer("refuse-kernel", "[null, 8, 8, 3]", "Conv2D", "\"filters\": 1, \"kernel_size\": [65536, 65536], \"padding\": \"same\"");
    layer("refuse-dilation", "[null, 8, 8, 3]", "Conv2D", "\"filters\": 1, \"kernel_size\": [3, 3], \"dilation_rate\": [2147483647, 1]");
    layer("refuse-groups", "[null, 8, 8, 3]", "Conv2D", "\"filters\": 65536, \"groups\": 65536, \"kernel_size\": [1, 1]");
    layer("refuse-groups-zero", "[null, 8, 8, 3]", "Conv2D", "\"filters\": 4, \"groups\": 0, \"kernel_size\": [1, 1]");
    layer("refuse-strides-negative", "[null, 8, 8, 3]", "Conv2D", "\"filters\": 1, \"kernel_size\": [3, 3], \"strides\": [-1, 1]");
    layer("refuse-transposed", "[null, 64, 64, 3]", "Conv2DTranspose", "\"filters\": 1, \"kernel_size\": [3, 3], \"strides\": [16777216, 16777216]");
    layer("refuse-multiplier", "[null, 8, 8, 3]", "DepthwiseConv2D", "\"depth_multiplier\": 2147483647, \"kernel_size\": [1, 1]");
    layer("refuse-heads", "[null, 8, 8]", "MultiHeadAttention", "\"num_heads\": 65536, \"key_dim\": 65536");
    layer("refuse-pool", "[null, 8, 8, 3]", "MaxPooling2D", "\"pool_size\": [2147483647, 2147483647], \"padding\": \"same\"");
    layer("load-pool-larger-than-input", "[null, 8, 8, 3]", "AveragePooling2D", "\"pool_size\": [4096, 4096], \"strides\": [1, 1], \"padding\": \"same\"");
    layer("refuse-repeat", "[null, 4]", "RepeatVector", "\"n\": " + HUGE);
    layer("refuse-repeat-negative", "[null, 4]", "RepeatVector", "\"n\": -3");
    layer("refuse-padding", "[null, 8, 8, 3]", "ZeroPadding2D", "\"padding\": [[1000000, 1000000], [1000000, 1000000]]");
    layer("refuse-padding-overflow", "[null, 8, 3]", "ZeroPadding1D", "\"padding\": [2147483647, 2147483647]");
    layer("refuse-cropping", "[null, 8, 3]", "Cropping1D", "\"cropping\": [2147483647, 2147483647]");
    layer("refuse-upsampling", "[null, 8, 8, 3]", "UpSampling2D", "\"size\": [2147483647, 2147483647]");
    layer("refuse-upsampling-zero", "[null, 8, 8, 3]", "UpSampling2D", "\"size\": [0, -1]");
    layer("refuse-resizing", "[null, 8, 8, 3]", "Resizing", "\"height\": 1000000, \"width\": 1000000");
    layer("refuse-reshape", "[null, 4]", "Reshape", "\"target_shape\": [2147483647, 2147483647, 4]");
    layer("refuse-reshape-negative", "[null, 4]", "Reshape", "\"target_shape\": [-4, -1]");
    layer("refuse-encoding", "[null, 4]", "CategoryEncoding", "\"num_tokens\": 2147483647, \"output_mode\": \"multi_hot\"");
    layer("either-normalization", "[null, 4]", "Normalization", "\"axis\": [-1, -1, 7], \"mean\": 0, \"variance\": 1");
    layer("refuse-input-product", "[null, 65536, 65536, 65536]", "Flatten", "\"data_format\": \"channels_last\"");
    layer("either-input-rank", "[null" + ", 2".repeat(300) + "]", "Activation", "\"activation\": \"relu\"");
    layer("refuse-units-nan", "[null, 4]", "Dense", "\"units\": NaN");
    layer("refuse-units-infinite", "[null, 4]", "Dense", "\"units\": Infinity");
    layer("either-slope-nan", "[null, 4]", "LeakyReLU", "\"negative_slope\": NaN");
    layer("refuse-number-of-a-million-digits", "[null, 4]", "Dense", "\"units\": 1" + "0".repeat(1_000_000));
    layer("refuse-exponent", "[null, 4]", "Dense", "\"units\": 1e999999999");
  }

  private void operations() {
    operation("refuse-tile", "numpy", "Tile", ", \"repeats\": [1, 2000000000]", "");
    operation("refuse-repeat-op", "numpy", "Repeat", ", \"repeats\": 2000000000, \"axis\": 1", "");
    operation("refuse-broadcast", "numpy", "BroadcastTo", ", \"shape\": [2000000000, 4]", "");
    operation("refuse-pad-op", "numpy", "Pad", ", \"pad_width\": [[0, 0], [2000000000, 2000000000]]", "");
    operation("refuse-one-hot", "nn", "OneHot", ", \"num_classes\": 2000000000", "");
    operation("refuse-reshape-op", "numpy", "Reshape", ", \"newshape\": [2000000000, 2000000000]", "");
    operation("refuse-transpose-op", "numpy", "Transpose", ", \"axes\": [0, 0]", "");
    operation("either-nested-operand", "numpy", "Add", "", ", " + "[".repeat(400) + "1" + "]".repeat(400));
    operation("either-linspace", "numpy", "Linspace", ", \"num\": 2000000000", ", 1.0");
    operation("either-eye", "numpy", "Eye", ", \"N\": 2000000000", "");
  }

  private void graphs() {
    chain("refuse-doubling", 60, i -> node("Concatenate", i, "\"axis\": -1", 2));
    chain("load-adding-to-itself", 2_000, i -> node("Add", i, "", 2));
    chain("load-long", 20_000, i -> node("Activation", i, "\"activation\": \"linear\"", 1));
    chain("refuse-nodes", 120_000, i -> node("Activation", i, "\"activation\": \"relu\"", 1));
    String calls = IntStream.range(0, 30_000).mapToObj(i -> call("l", i - 1)).collect(Collectors.joining(", "));
    String shared = layerText("Activation", "l", "\"activation\": \"relu\"");
    functional("load-shared", input("l0") + ", " + withNodes(shared, calls.replaceFirst("\\[\"l\", -1", "[\"l0\", 0")), "[[\"l\", 29999, 0]]");
    functional("refuse-cycle", input("l0") + ", " + withNodes(layerText("Activation", "a", "\"activation\": \"relu\""), call("b", 0))
        + ", " + withNodes(layerText("Activation", "b", "\"activation\": \"relu\""), call("a", 0)), "[[\"b\", 0, 0]]");
    functional("refuse-own-later-call", input("l0") + ", " + withNodes(layerText("Activation", "a", "\"activation\": \"relu\""), call("a", 1) + ", " + call("a", 0)), "[[\"a\", 0, 0]]");
    functional("refuse-node-number", input("l0") + ", " + withNodes(layerText("Activation", "a", "\"activation\": \"relu\""), call("l0", 2_000_000_000)), "[[\"a\", 0, 0]]");
    String model = functionalText("m0", input("m0in") + ", " + withNodes(layerText("Activation", "a", "\"activation\": \"relu\""), call("m0in", 0)), "m0in", "[[\"a\", 0, 0]]");
    for (int level = 1; level <= 40; level++) {
      String inner = "m" + (level - 1);
      model = functionalText("m" + level, input(inner + "x") + ", " + withNodes(model, call(inner + "x", 0) + ", " + call(inner, 0)), inner + "x", "[[\"" + inner + "\", 1, 0]]");
    }
    keras("refuse-models-called-twice", model);
  }

  private void nesting() {
    for (int depth : new int[] {60, 1_000, 200_000}) {
      String open = "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [";
      keras((depth < 100 ? "load" : "refuse") + "-nested-" + depth,
          (open + input("x") + ", ").repeat(depth) + layerText("Activation", "a", "\"activation\": \"relu\"") + "]}}".repeat(depth));
    }
    keras("refuse-brackets", "{\"class_name\": \"Sequential\", \"config\": " + "[".repeat(3_000_000));
    keras("refuse-braces", "{\"a\":".repeat(600_000));
    layer("refuse-wrappers", "[null, 4, 4]", "TimeDistributed", "\"layer\": " + "{\"class_name\": \"TimeDistributed\", \"config\": {\"layer\": ".repeat(100) + "1" + "}}".repeat(100));
  }

  private void text() {
    String name = "n".repeat(1 << 20);
    layer("either-name", "[null, 4]", "Activation", "\"activation\": \"" + name + "\"");
    keras("refuse-key", "{\"class_name\": \"Sequential\", \"config\": {\"" + name + "\": 1}}");
    layer("refuse-lambda", "[null, 4]", "Lambda", "\"function\": {\"class_name\": \"__lambda__\", \"config\": {\"code\": \"" + "4wEA".repeat(500_000) + "\"}}");
    layer("either-million-keys", "[null, 4]", "Activation", "\"activation\": \"relu\", \"name\": \"x\", \"extra\": {"
        + IntStream.range(0, 300_000).mapToObj(i -> "\"" + i + "\": " + i).collect(Collectors.joining(", ")) + "}");
    layer("either-colliding-keys", "[null, 4]", "Activation", "\"activation\": \"relu\", \"extra\": {"
        + IntStream.range(0, 1 << 16).mapToObj(HostileModels::colliding).map(k -> "\"" + k + "\": 0").collect(Collectors.joining(", ")) + "}");
    keras("refuse-bom", "\ufeff{\"class_name\": 3}");
    keras("refuse-surrogate", "{\"class_name\": \"\\ud800\", \"config\": {\"layers\": [\"\\udc00\"]}}");
    raw("refuse-utf8", "{\"class_name\": \"\u00ff\u00fe\u00c0\u0080\"}".getBytes(StandardCharsets.ISO_8859_1));
    raw("refuse-utf16", "{\"class_name\": \"Sequential\"}".getBytes(StandardCharsets.UTF_16));
    raw("refuse-zeros", new byte[1 << 20]);
    raw("refuse-nothing", new byte[0]);
  }

  /** Texts of one hash code. */
  private static String colliding(int number) {
    return IntStream.range(0, 16).mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB").collect(Collectors.joining());
  }

  private void chain(String name, int length, IntFunction<String> node) {
    functional(name, input("l0") + ", " + IntStream.range(0, length).mapToObj(node).collect(Collectors.joining(", ")), "[[\"l" + length + "\", 0, 0]]");
  }

  private static String node(String className, int number, String config, int inputs) {
    String tensor = tensor("l" + number, 0);
    String argument = inputs == 1 ? tensor : "[" + tensor + ", " + tensor + "]";
    return withNodes(layerText(className, "l" + (number + 1), config), "{\"args\": [" + argument + "], \"kwargs\": {}}");
  }

  private static String tensor(String layer, int node) {
    return "{\"class_name\": \"__keras_tensor__\", \"config\": {\"shape\": [null, 4], \"dtype\": \"float32\", \"keras_history\": [\"" + layer + "\", " + node + ", 0]}}";
  }

  private static String call(String layer, int node) {
    return "{\"args\": [" + tensor(layer, node) + "], \"kwargs\": {}}";
  }

  private static String withNodes(String layer, String nodes) {
    return layer.substring(0, layer.length() - 1) + ", \"inbound_nodes\": [" + nodes + "]}";
  }

  private static String layerText(String className, String name, String config) {
    return "{\"module\": \"keras.layers\", \"class_name\": \"" + className + "\", \"config\": {\"name\": \"" + name + "\""
        + (config.isEmpty() ? "" : ", " + config) + "}, \"registered_name\": null, \"name\": \"" + name + "\"}";
  }

  private static String input(String name) {
    return withNodes(layerText("InputLayer", name, "\"batch_shape\": [null, 4], \"dtype\": \"float32\""), "");
  }

  private void layer(String name, String inputShape, String className, String config) {
    String all =
        withNodes(layerText("InputLayer", "x", "\"batch_shape\": " + inputShape + ", \"dtype\": \"float32\""), "")
            + ", " + layerText(className, "l", config);
    keras(name, "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [" + all + "]}}");
  }

  /** An operation on a tensor; its attributes begin with a comma, as do its further arguments. */
  private void operation(String name, String module, String className, String attributes, String more) {
    String node = "{\"module\": \"keras.src.ops." + module + "\", \"class_name\": \"" + className + "\", \"config\": {\"name\": \"op\"" + attributes + "}, \"registered_name\": null, \"name\": \"op\", "
        + "\"inbound_nodes\": [{\"args\": [" + tensor("l0", 0) + more + "], \"kwargs\": {}}]}";
    functional(name, input("l0") + ", " + node, "[[\"op\", 0, 0]]");
  }

  private void functional(String name, String layers, String outputs) {
    keras(name, functionalText("f", layers, "l0", outputs));
  }

  private static String functionalText(String name, String layers, String input, String outputs) {
    return "{\"module\": \"keras.src.models.functional\", \"class_name\": \"Functional\", \"name\": \"" + name + "\", \"config\": {\"name\": \"" + name + "\", \"layers\": [" + layers
        + "], \"input_layers\": [[\"" + input + "\", 0, 0]], \"output_layers\": " + outputs + "}, \"registered_name\": \"Functional\"}";
  }

  private void keras(String name, String config) {
    raw(name, config.getBytes(StandardCharsets.UTF_8));
  }

  private void raw(String name, byte[] config) {
    byte[] weights = new Hdf5Builder().group("layers").build();
    files.put(name + ".keras", RawZip.of("config.json", config, "model.weights.h5", weights));
  }
}
