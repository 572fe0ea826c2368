package dev.posthorn.engine.keras;

import static dev.posthorn.engine.keras.Golden.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpelledModelTest {
  private static final ReadOptions OPTIONS = ReadOptions.defaults().withName("m");

  private static SpelledLayer layer(String className, String config, int[]... shapes) {
    return layer("", className, config, List.of(), shapes);
  }

  private static SpelledLayer layer(String name, String className, String config, List<String> inputs, int[]... shapes) {
    List<GivenArray> weights =
        Arrays.stream(shapes)
            .map(dims -> new GivenArray("w", ArrayTensor.of(new float[Shape.of(dims).size()], dims)))
            .toList();
    return new SpelledLayer(name, className, "", config, inputs, weights);
  }

  private static int[] dims(int... dims) {
    return dims;
  }

  private static Map<String, Object> config(Object layer) {
    return Json.object(Json.object(layer, "layer").get("config"), "config");
  }

  private static List<Object> layers(ModelDescription model) {
    return Json.list(config(model.root()).get("layers"), "layers");
  }

  private static ModelDescription describe(SpelledLayer... layers) {
    return ModelFiles.describe(SpelledModel.of(List.of(layers)), OPTIONS);
  }

  @Test
  void fillsInWhatTheWeightsTell() {
    ModelDescription model =
        describe(
            layer("Embedding", "", dims(10, 6)),
            layer("LSTM", "{\"return_sequences\": true}", dims(6, 32), dims(8, 32), dims(32)),
            layer("GRU", "", dims(8, 12), dims(4, 12), dims(2, 12)),
            layer("", "", dims(4, 5), dims(5)),
            layer("BatchNormalization", "", dims(5), dims(5), dims(5), dims(5)),
            layer("LayerNormalization", "{\"scale\": false}", dims(5)),
            layer("", "{\"activation\": \"softmax\"}", dims(5, 3)));
    List<Object> layers = layers(model);
    assertThat(layers.stream().map(layer -> config(layer).get("name")))
        .containsExactly(
            "input_layer", "embedding", "lstm", "gru", "dense", "batch_normalization", "layer_normalization", "dense_1");
    assertThat(config(layers.get(0))).containsEntry("dtype", "int32");
    assertThat(config(layers.get(0)).get("batch_shape")).isEqualTo(Arrays.asList(null, null));
    assertThat(config(layers.get(1))).containsEntry("input_dim", 10L).containsEntry("output_dim", 6L);
    assertThat(config(layers.get(2))).containsEntry("units", 8L).containsEntry("return_sequences", true);
    assertThat(config(layers.get(3))).containsEntry("units", 4L).containsEntry("reset_after", true);
    assertThat(config(layers.get(5))).containsEntry("scale", true).containsEntry("center", true);
    assertThat(config(layers.get(6))).containsEntry("scale", false).containsEntry("center", true);
    assertThat(config(layers.get(7))).containsEntry("activation", "softmax").containsEntry("use_bias", false);
    assertThat(((WeightSource.InOrder) model.weights()).arrays()).hasSize(15);
  }

  @Test
  void tellsConvolutionsFromTheirKernels() {
    List<Object> layers =
        layers(describe(layer("Conv2D", "{\"padding\": \"same\"}", dims(3, 5, 4, 8), dims(8)), layer("Flatten", "")));
    assertThat(config(layers.get(0)).get("batch_shape")).isEqualTo(Arrays.asList(null, null, null, 4L));
    assertThat(config(layers.get(1)))
        .containsEntry("filters", 8L)
        .containsEntry("kernel_size", List.of(3L, 5L))
        .containsEntry("padding", "same");
    assertThat(config(layers.get(2))).containsEntry("name", "flatten");
  }

  @Test
  void joinsBranchesIntoAFunctionalModel() {
    SpelledModel spelled =
        SpelledModel.of(
                List.of(
                    layer("left", "", "", List.of("a"), dims(2, 4)),
                    layer("right", "", "", List.of("b"), dims(3, 4)),
                    layer("sum", "Add", "", List.of("left", "right")),
                    layer("", "MyPackage>GatedUnit", "{\"units\": 2}", List.of(), dims(4, 2))))
            .withInputs(
                List.of(
                    new SpelledInput("a", Optional.empty(), Optional.empty()),
                    new SpelledInput("b", Optional.of(DType.FLOAT64), Optional.of(Shape.of(-1, 3)))))
            .withOutputs(List.of("sum", "gated_unit"));
    ModelDescription model = ModelFiles.describe(spelled, OPTIONS);
    assertThat(model.root()).containsEntry("class_name", "Functional");
    Map<String, Object> config = config(model.root());
    assertThat(config.get("input_layers")).isEqualTo(List.of(List.of("a", 0L, 0L), List.of("b", 0L, 0L)));
    assertThat(config.get("output_layers")).isEqualTo(List.of(List.of("sum", 0L, 0L), List.of("gated_unit", 0L, 0L)));
    List<Object> layers = layers(model);
    assertThat(config(layers.get(0)).get("batch_shape")).isEqualTo(Arrays.asList(null, 2L));
    assertThat(config(layers.get(1))).containsEntry("dtype", "float64");
    assertThat(JsonText.of(Json.object(layers.get(4), "add").get("inbound_nodes")))
        .isEqualTo(
            "[{\"args\":[[{\"class_name\":\"__keras_tensor__\",\"config\":{\"keras_history\":[\"left\",0,0]}},"
                + "{\"class_name\":\"__keras_tensor__\",\"config\":{\"keras_history\":[\"right\",0,0]}}]],\"kwargs\":{}}]");
    assertThat(Json.object(layers.get(5), "gated"))
        .containsEntry("registered_name", "MyPackage>GatedUnit")
        .containsEntry("class_name", "GatedUnit")
        .containsEntry("module", null);
  }

  @Test
  void takesKerasOwnJson() throws IOException {
    String json = Files.readString(Golden.file("mlp_33_64_32_1/config.json"));
    SpelledModel spelled = SpelledModel.of(json, List.of()).withKerasVersion("3.3.3");
    ModelDescription model = ModelFiles.describe(spelled, OPTIONS);
    assertThat(model.root()).containsEntry("class_name", "Sequential");
    assertThat(model.kerasVersion()).isEqualTo(KerasVersion.of("3.3.3"));
    String old =
        "{\"class_name\": \"Sequential\", \"keras_version\": \"2.2.0\", \"config\": [{\"class_name\": \"Dense\","
            + " \"config\": {\"name\": \"d\", \"units\": 2, \"batch_input_shape\": [null, 3]}}]}";
    ModelDescription translated = ModelFiles.describe(SpelledModel.of(old, List.of()), OPTIONS);
    assertThat(translated.kerasVersion()).isEqualTo(KerasVersion.of("2.2.0"));
    assertThat(JsonText.of(translated.root())).contains("\"batch_shape\":[null,3]", "\"name\":\"d_input\"");
  }

  @Test
  void refusesWhatDoesNotFitTogether() {
    assertRefused(() -> describe(), Reason.INVALID_MODEL, "either keras_config_json with weights, or layers");
    assertRefused(() -> describe(layer("Flatten", "")), Reason.INVALID_MODEL, "input 'input_layer': its shape must be given");
    assertRefused(() -> describe(layer("", "", dims(2, 2, 2))), Reason.INVALID_MODEL, "Dense 'dense'", "[2, 2, 2]");
    assertRefused(
        () -> describe(layer("BatchNormalization", "", dims(5), dims(5), dims(5))), Reason.INVALID_MODEL, "gamma or beta");
    assertRefused(() -> describe(layer("", "[1]", dims(2, 2))), Reason.INVALID_MODEL, "layers[0].config_json: expected an object");
    assertRefused(
        () -> describe(layer("x", "", "", List.of(), dims(2, 2)), layer("x", "", "", List.of(), dims(2, 2))),
        Reason.INVALID_MODEL,
        "layers[1]: the name 'x' is taken");
    assertRefused(
        () -> describe(layer("first", "", "", List.of(), dims(2, 2)), layer("b", "", "", List.of("frist"), dims(2, 2))),
        Reason.INVALID_MODEL,
        "there is no layer or input 'frist'; did you mean 'first'?");
    SpelledLayer two = new SpelledLayer("d", "", "relu", "{\"activation\": \"tanh\"}", List.of(), List.of());
    assertRefused(() -> describe(two), Reason.INVALID_MODEL, "layer 'd' names two activations");
  }
}
