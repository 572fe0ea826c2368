package dev.posthorn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.engine.keras.hdf5.Hdf5Builder;
import dev.posthorn.spi.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a loader of Keras 3 files gets wrong first: one test for each, most against what Keras recorded. */
class Keras3FilesTest {
  private static final List<String> ARCHIVES = List.of("/golden-legacy.zip", "/golden.zip", "/golden-layers.zip");

  @TempDir static Path temporary;

  private static final List<Path> FOLDERS = new ArrayList<>();

  private static Engine engine;

  @BeforeAll
  static void unpack() {
    for (String archive : ARCHIVES) {
      FOLDERS.add(GoldenCases.unpack(archive, temporary.resolve("unpacked" + FOLDERS.size())));
    }
    engine = Engine.builder().threads(1).build();
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static void assertAsRecorded(String... names) {
    for (String name : names) {
      Path folder =
          FOLDERS.stream().filter(each -> Files.exists(each.resolve(name))).findFirst().orElseThrow();
      List<Path> files =
          Stream.of("model.keras", "model.h5").map(folder.resolve(name)::resolve).filter(Files::exists).toList();
      assertThat(files).as(name).isNotEmpty();
      files.forEach(file -> check(folder, name, file));
    }
  }

  private static void check(Path folder, String name, Path file) {
    try (Model model = engine.load(ModelFiles.open(file, ReadOptions.defaults()))) {
      List<ArrayTensor> got = model.predict(GoldenCases.inputs(model, folder, name));
      List<ArrayTensor> expected = GoldenCases.tensors(folder, name, "output");
      assertThat(got).hasSameSizeAs(expected);
      for (int i = 0; i < got.size(); i++) {
        assertThat(got.get(i).dtype()).as("%s output %d", file, i).isEqualTo(expected.get(i).dtype());
        Comparison comparison = Comparison.of(expected.get(i), got.get(i), Example.RTOL, Example.ATOL);
        assertThat(comparison.passed()).as("%s output %d: %s", file, i, comparison).isTrue();
      }
    }
  }

  @Test
  void weightsAreFoundByClassAndCountNotByName() {
    assertAsRecorded("compat305_many_same_class_custom_names");
  }

  @Test
  void layersAndOperationsMayShareAName() {
    assertAsRecorded("compat305_ops_arith", "compat392_ops_slicing", "add_2", "op_add");
  }

  @Test
  void masksTravelInTheFileAndBesideIt() {
    assertAsRecorded(
        "compat305_mask_embedding_lstm", "compat305_mask_masking_gru_seq", "mask_functional_concat_add", "mask_mha_auto",
        "mask_masking_time_dist_lstm", "mask_embedding_two_lstm");
  }

  @Test
  void gruResetsAfterTheProductUnlessToldOtherwise() {
    assertAsRecorded("gru_return_state_seq", "compat305_gru_reset_before");
  }

  @Test
  void samePaddingPutsTheSmallerHalfFirst() {
    assertAsRecorded("averagepooling2d_3_s2_same", "maxpooling2d_3_s2_same", "conv2d_same_k2_s3", "conv2d_same_k4_s2");
  }

  @Test
  void transposedConvolutionsHaveTheirOwnLengthsAndLayout() {
    assertAsRecorded(
        "conv2dtranspose_same_s2_op0", "conv2dtranspose_op1", "conv2dtranspose_valid_k5_s3", "conv1dtranspose_same_s3_k2");
  }

  @Test
  void epsilonsDiffer() {
    assertAsRecorded("layernormalization_last", "layernormalization_nocenter_eps", "rmsnormalization_default", "batchnormalization_eps");
  }

  @Test
  void softmaxTakesSeveralAxesAndMasks() {
    assertAsRecorded("softmax_axes12", "mask_masking_softmax");
  }

  @Test
  void activationsMeanWhatKerasThreeMeansByThem() {
    assertAsRecorded(
        "activation_layer_hard_sigmoid", "activation_layer_leaky_relu", "leakyrelu_default", "activation_layer_gelu",
        "activation_object_gelu_approx", "keras2style_leakyrelu_default");
  }

  @Test
  void typesFollowKeras() {
    assertAsRecorded("op_argmax", "op_equal");
    String config =
        "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"s\",\"layers\":[{\"class_name\":\"InputLayer\",\"config\":"
            + "{\"name\":\"x\",\"batch_shape\":[null,2],\"dtype\":\"%s\"}},{\"class_name\":\"%s\",\"config\":{\"name\":\"l\","
            + "\"trainable\":true,%s}}]}}";
    ArrayTensor table = ArrayTensor.of(new float[] {1, 2, 4, 8}, 4, 1);
    ArrayTensor ids = ArrayTensor.of(new float[] {3, 1}, 1, 2);
    assertThat(run(String.format(config, "float32", "Embedding", "\"input_dim\":4,\"output_dim\":1"), table, ids)).containsExactly(8, 2);
    ArrayTensor kernel = ArrayTensor.of(new float[] {0.5f, 0.25f}, 2, 1);
    ArrayTensor integers = ArrayTensor.of(new int[] {3, 2}, 1, 2);
    assertThat(run(String.format(config, "int32", "Dense", "\"units\":1,\"use_bias\":false"), kernel, integers)).containsExactly(2);
  }

  private static float[] run(String config, ArrayTensor weight, ArrayTensor input) {
    byte[] file =
        new Hdf5Builder()
            .text("", "model_config", config)
            .text("", "keras_version", "3.9.0")
            .texts("model_weights", "layer_names", List.of("l"))
            .texts("model_weights/l", "weight_names", List.of("s/l/kernel"))
            .floats("model_weights/l/s/l/kernel", weight.floats(), weight.shape().dims())
            .build();
    try (Model model = engine.load(ModelFiles.open(file, ReadOptions.defaults().withName("m")))) {
      ArrayTensor output = model.predict(List.of(input)).get(0);
      assertThat(output.dtype()).isEqualTo(DType.FLOAT32);
      return output.floats();
    }
  }

  @Test
  void constantsMayBeVectorsInTheConfig() {
    assertAsRecorded("rescaling_vector", "normalization_mean_var", "normalization_adapted_invert");
  }

  @Test
  void dictsAreFlattenedBySortedKey() {
    assertAsRecorded("mlp_dict_io", "keras2_212_dict_io");
  }

  @Test
  void randomLayersDoNothing() {
    assertAsRecorded("regularisation_all", "regularisation_gaussian_dropout", "regularisation_dropout_noise_shape");
  }

  @Test
  void modelsInsideWrappersLieUnderLayerLayers() {
    assertAsRecorded("timedistributed_sequential", "nested_three_levels_shared");
  }

  @Test
  void weightsThatAreNoNumbersAreKeptAsTheyAre() {
    String config =
        "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"s\",\"layers\":[{\"class_name\":\"InputLayer\",\"config\":"
            + "{\"name\":\"x\",\"batch_shape\":[null,2]}},{\"class_name\":\"Dense\",\"config\":{\"name\":\"l\","
            + "\"trainable\":true,\"units\":2,\"use_bias\":false}}]}}";
    ArrayTensor kernel = ArrayTensor.of(new float[] {Float.NaN, 1, 1, 1}, 2, 2);
    float[] got = run(config, kernel, ArrayTensor.of(new float[] {1, 1}, 1, 2));
    assertThat(got[0]).isNaN();
    assertThat(got[1]).isEqualTo(2);
  }
}
