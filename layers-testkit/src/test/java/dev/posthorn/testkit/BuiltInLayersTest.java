package dev.posthorn.testkit;

import static dev.posthorn.testkit.LayerContract.input;
import static dev.posthorn.testkit.LayerContract.of;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.posthorn.spi.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The contract on every layer that Posthorn brings: one without a contract here fails. */
class BuiltInLayersTest {
  private static final DType F = DType.FLOAT32;

  /** Stands in every other contract, and cannot be called like a layer. */
  private static final String INPUT_LAYER = "InputLayer";

  private final Map<String, List<LayerContract>> contracts = new LinkedHashMap<>();

  private LayerContract add(LayerContract contract) {
    contracts.computeIfAbsent(contract.className(), name -> new ArrayList<>()).add(contract);
    return contract;
  }

  @Test
  void everyLayerHasAContract() {
    declare();
    List<String> without = new ArrayList<>(Registrations.ofBuiltIns().layers);
    without.removeAll(contracts.keySet());
    without.remove(INPUT_LAYER);
    assertEquals(List.of(), without, "layers without a contract in this test");
  }

  @TestFactory
  Stream<DynamicNode> keepsTheContract() {
    declare();
    return contracts.values().stream()
        .flatMap(List::stream)
        .map(contract -> DynamicContainer.dynamicContainer(contract.className(), contract.tests()));
  }

  @TestFactory
  Stream<DynamicTest> takesAMaskThatIsAnInputOfTheModel() {
    return of("LSTM").config(Map.of("units", 3)).input(F, -1, -1, 4).input(DType.BOOL, -1, -1)
        .call(List.of(input(0)), Map.of("mask", input(1))).tests();
  }

  private void declare() {
    contracts.clear();
    core();
    merging();
    reshaping();
    convolutions();
    recurrent();
    attention();
    lookups();
    models();
  }

  private void core() {
    add(of("Dense").config(Map.of("units", 3, "activation", "tanh")).input(F, -1, 5));
    add(of("Dense").config(Map.of("units", 3, "use_bias", false)).input(F, -1, -1, 5));
    for (String name :
        List.of("Identity", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization",
            "ReLU", "LeakyReLU", "ThresholdedReLU", "ELU", "Softmax", "UnitNormalization")) {
      add(of(name).input(F, -1, -1, 4));
    }
    for (String name :
        List.of("RandomBrightness", "RandomContrast", "RandomFlip", "RandomHeight", "RandomRotation", "RandomTranslation",
            "RandomWidth", "RandomZoom")) {
      add(of(name).input(F, -1, 4, 5, 3));
    }
    add(of("SpatialDropout1D").input(F, -1, -1, 4));
    add(of("SpatialDropout2D").input(F, -1, -1, 3, 4));
    add(of("SpatialDropout3D").input(F, -1, -1, 2, 3, 4));
    add(of("Masking").config(Map.of("mask_value", 0.0)).input(F, -1, -1, 4));
    add(of("PReLU").input(F, -1, 4));
    add(of("Activation").config(Map.of("activation", "gelu")).input(F, -1, 4));
    add(of("Activation").config(Map.of("activation", "softmax")).input(F, -1, 4));
    add(of("Lambda").config(Map.of(
        "function", Map.of("class_name", "function", "config", "relu", "registered_name", "function"))).input(F, -1, 4));
    add(of("BatchNormalization").weights(0.1, 2).input(F, -1, -1, 4));
    add(of("LayerNormalization").input(F, -1, -1, 4));
    add(of("RMSNormalization").input(F, -1, -1, 4));
    add(of("Rescaling").config(Map.of("scale", 0.5, "offset", -1.0)).input(F, -1, -1, 4));
    add(of("Normalization")
        .config(Map.of("mean", List.of(1.0, 2.0, 3.0), "variance", List.of(1.0, 4.0, 0.5), "axis", -1))
        .input(F, -1, 3));
  }

  private void merging() {
    for (String name : List.of("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")) {
      add(of(name).input(F, -1, -1, 4).input(F, -1, -1, 4).callWithList());
    }
    add(of("Dot").config(Map.of("axes", 1)).input(F, -1, 4).input(F, -1, 4).callWithList());
  }

  private void reshaping() {
    add(of("Flatten").input(F, -1, 3, 4));
    add(of("Reshape").config(Map.of("target_shape", List.of(2, -1))).input(F, -1, 3, 4));
    add(of("Permute").config(Map.of("dims", List.of(2, 1))).input(F, -1, -1, 4));
    add(of("RepeatVector").config(Map.of("n", 3)).input(F, -1, 4));
    add(of("ZeroPadding1D").config(Map.of("padding", List.of(1, 2))).input(F, -1, -1, 4));
    add(of("ZeroPadding2D").config(Map.of("padding", 1)).input(F, -1, -1, 3, 4));
    add(of("ZeroPadding3D").config(Map.of("padding", 1)).input(F, -1, -1, 3, 2, 4));
    add(of("Cropping1D").config(Map.of("cropping", List.of(1, 1))).input(F, -1, -1, 4));
    add(of("Cropping2D").config(Map.of("cropping", 1)).input(F, -1, -1, 4, 3));
    add(of("Cropping3D").config(Map.of("cropping", 1)).input(F, -1, -1, 3, 4, 2));
    add(of("UpSampling1D").config(Map.of("size", 2)).input(F, -1, -1, 4));
    add(of("UpSampling2D").config(Map.of("size", 2)).input(F, -1, -1, 3, 4));
    add(of("UpSampling3D").config(Map.of("size", 2)).input(F, -1, -1, 3, 2, 4));
  }

  private void convolutions() {
    Map<String, ?> window = Map.of("filters", 3, "kernel_size", 2);
    Map<String, ?> depthwise = Map.of("kernel_size", 2, "depth_multiplier", 2);
    Map<String, ?> pool = Map.of("pool_size", 2);
    int[][] inputs = {{-1, -1, 4}, {-1, -1, 4, 2}, {-1, -1, 3, 4, 2}};
    for (int n = 1; n <= 3; n++) {
      int[] input = inputs[n - 1];
      add(of("Conv" + n + "D").config(window).input(F, input));
      add(of("Conv" + n + "D").config(window).config(Map.of("padding", "same", "activation", "relu")).input(F, input));
      add(of("Conv" + n + "DTranspose").config(window).input(F, input));
      add(of("MaxPooling" + n + "D").config(pool).input(F, input));
      add(of("AveragePooling" + n + "D").config(pool).config(Map.of("padding", "same")).input(F, input));
      add(of("GlobalMaxPooling" + n + "D").input(F, input));
      add(of("GlobalAveragePooling" + n + "D").input(F, input));
      if (n < 3) {
        add(of("DepthwiseConv" + n + "D").config(depthwise).input(F, input));
        add(of("SeparableConv" + n + "D").config(window).input(F, input));
      }
    }
  }

  private void recurrent() {
    Map<String, ?> sequences = Map.of("units", 3, "return_sequences", true, "return_state", true);
    for (String name : List.of("SimpleRNN", "GRU", "LSTM")) {
      add(of(name).config(Map.of("units", 3)).input(F, -1, -1, 4));
      add(of(name).config(sequences).input(F, -1, -1, 4));
      add(of("RNN").config(Map.of("cell", layer(name + "Cell", Map.of("units", 3)))).input(F, -1, -1, 4));
      add(of("Bidirectional").config(Map.of("layer", layer(name, sequences))).input(F, -1, -1, 4));
      boolean two = name.equals("LSTM");
      LayerContract cell = add(of(name + "Cell").config(Map.of("units", 3)).input(F, -1, 4).input(F, -1, 3));
      if (two) {
        cell.input(F, -1, 3);
      }
    }
    add(of("GRU").config(Map.of("units", 3, "reset_after", false, "go_backwards", true)).input(F, -1, -1, 4));
    add(of("LSTM").config(Map.of("units", 3)).input(F, -1, -1, 4).input(F, -1, 3).input(F, -1, 3)
        .call(List.of(input(0)), Map.of("initial_state", List.of(input(1), input(2)))));
    List<?> cells = List.of(layer("LSTMCell", Map.of("units", 3)), layer("GRUCell", Map.of("units", 2)));
    add(of("RNN").config(Map.of("cell", layer("StackedRNNCells", Map.of("cells", cells)))).input(F, -1, -1, 4));
    add(of("StackedRNNCells").config(Map.of("cells", List.of(layer("GRUCell", Map.of("units", 3)))))
        .input(F, -1, 4).input(F, -1, 3));
    add(of("TimeDistributed").config(Map.of("layer", layer("Dense", Map.of("units", 3)))).input(F, -1, -1, 4));
  }

  private void attention() {
    add(of("EinsumDense").config(Map.of("equation", "abc,cde->abde", "output_shape", List.of(2, 3), "bias_axes", "de"))
        .input(F, -1, -1, 4));
    add(of("Posthorn>HeadProjection").config(Map.of("equation", "abc,cd->abd", "output_shape", List.of(3)))
        .input(F, -1, -1, 4));
    add(of("MultiHeadAttention").config(Map.of("num_heads", 2, "key_dim", 3)).input(F, -1, -1, 4).input(F, -1, -1, 5)
        .call(List.of(input(0), input(1)), Map.of("return_attention_scores", true)));
    add(of("MultiHeadAttention").config(Map.of("num_heads", 2, "key_dim", 3)).input(F, -1, -1, 4)
        .call(List.of(input(0), input(0)), Map.of("use_causal_mask", true)));
    add(of("Attention").config(Map.of("use_scale", true)).input(F, -1, -1, 4).input(F, -1, -1, 4).callWithList());
    add(of("Attention").config(Map.of("score_mode", "concat")).input(F, -1, -1, 4).input(F, -1, -1, 4).callWithList());
    add(of("AdditiveAttention").input(F, -1, -1, 4).input(F, -1, -1, 4).callWithList());
  }

  private void lookups() {
    add(of("Embedding").config(Map.of("input_dim", 6, "output_dim", 3)).numbers(DType.INT32, 0, 6, -1, -1));
    List<String> words = List.of("a", "b", "c");
    add(of("StringLookup").config(Map.of("vocabulary", words)).strings(List.of("a", "c", "x"), -1, -1));
    add(of("StringLookup").asset("vocabulary.txt", "[UNK]\na\nb").strings(List.of("a", "x"), -1, -1));
    // Tokens outside of the vocabulary are hashed as UTF-8 bytes.
    add(of("StringLookup").config(Map.of("vocabulary", words, "num_oov_indices", 3)).allocates()
        .strings(List.of("a", "x", "y"), -1, -1));
    add(of("IntegerLookup").config(Map.of("vocabulary", List.of(3, 1, 7), "output_mode", "count"))
        .numbers(DType.INT64, 0, 9, -1, -1));
    add(of("IntegerLookup").config(Map.of("vocabulary", List.of(3, 1, 7), "output_mode", "tf_idf",
        "idf_weights", List.of(0.5, 1.0, 2.0))).numbers(DType.INT32, 0, 9, -1, -1));
    add(of("IntegerLookup").config(Map.of("vocabulary", List.of(3, 1, 7), "invert", true))
        .numbers(DType.INT64, 0, 5, -1, -1));
  }

  private void models() {
    List<?> layers = List.of(layer("Dense", Map.of("name", "d", "units", 3)), layer("ReLU", Map.of("name", "r")));
    add(of("Sequential").config(Map.of("layers", layers)).input(F, -1, 4));
    for (String name : List.of("Functional", "Model")) {
      Map<String, ?> in = node("InputLayer", Map.of("name", "in", "batch_shape", List.of(-1, 4)), List.of());
      Map<String, ?> dense = node("Dense", Map.of("name", "d", "units", 3), List.of(call("in", 0)));
      Map<String, ?> add = node("Add", Map.of("name", "a"), List.of(call(List.of("d", "d"))));
      add(of(name).config(Map.of(
          "layers", List.of(add, dense, in),
          "input_layers", List.of("in", 0, 0),
          "output_layers", List.of("a", 0, 0))).input(F, -1, 4));
    }
  }

  private static Map<String, ?> layer(String className, Map<String, ?> config) {
    return Map.of("module", "keras.layers", "class_name", className, "config", config);
  }

  private static Map<String, ?> node(String className, Map<String, ?> config, List<?> inbound) {
    return Map.of(
        "module", "keras.layers", "class_name", className, "config", config, "name", String.valueOf(config.get("name")),
        "inbound_nodes", inbound);
  }

  private static Map<String, ?> call(String source, int node) {
    return Map.of("args", List.of(tensor(source, node)), "kwargs", Map.of());
  }

  private static Map<String, ?> call(List<String> sources) {
    return Map.of("args", List.of(sources.stream().map(s -> tensor(s, 0)).toList()), "kwargs", Map.of());
  }

  private static Map<String, ?> tensor(String source, int node) {
    return Map.of("class_name", "__keras_tensor__", "config", Map.of("keras_history", List.of(source, node, 0)));
  }
}
