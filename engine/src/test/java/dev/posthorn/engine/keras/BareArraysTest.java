package dev.posthorn.engine.keras;

import static dev.posthorn.engine.keras.Golden.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BareArraysTest {
  private static final ReadOptions OPTIONS =
      ReadOptions.defaults().withName("m").withActivations(List.of("relu", "relu", "linear"));

  private static List<StoredArray> golden() {
    return List.copyOf(Npz.open(Golden.file("mlp_33_64_32_1/weights.npz"), Budget.DEFAULT).values());
  }

  private static List<? extends StoredArray> arrays(ModelDescription model) {
    return ((WeightSource.InOrder) model.weights()).arrays();
  }

  private static ModelDescription npz(ReadOptions options, ArrayTensor... arrays) {
    Map<String, ArrayTensor> named = new LinkedHashMap<>();
    for (ArrayTensor array : arrays) {
      named.put("arr_" + named.size(), array);
    }
    return ModelFiles.open(Npz.bytes(named), options);
  }

  private static ArrayTensor zeros(int... dims) {
    return ArrayTensor.of(new float[Shape.of(dims).size()], dims);
  }

  private static Object nested(ArrayTensor tensor) {
    int columns = tensor.shape().last();
    List<List<Float>> rows = new ArrayList<>();
    for (int i = 0; i < tensor.size(); i++) {
      if (i % columns == 0) {
        rows.add(new ArrayList<>());
      }
      rows.getLast().add(tensor.floats()[i]);
    }
    return tensor.shape().rank() == 1 ? rows.getFirst() : rows;
  }

  @Test
  void theSameNumbersInThreeFormsAreTheSameModel() {
    ModelDescription npz = ModelFiles.open(Golden.file("mlp_33_64_32_1/weights.npz"), OPTIONS);

    List<Object> kernels = new ArrayList<>();
    List<Object> biases = new ArrayList<>();
    List<SpelledLayer> layers = new ArrayList<>();
    for (int i = 0; i < 6; i += 2) {
      ArrayTensor kernel = golden().get(i).read();
      ArrayTensor bias = golden().get(i + 1).read();
      kernels.add(nested(kernel));
      biases.add(nested(bias));
      layers.add(
          new SpelledLayer(
              "", "", i < 4 ? "relu" : "linear", "", List.of(), List.of(new GivenArray("k", kernel), new GivenArray("b", bias))));
    }
    String text =
        JsonText.of(Map.of("weights", kernels, "biases", biases, "activations", List.of("relu", "relu", "linear")));
    ModelDescription json =
        ModelFiles.open(text.getBytes(StandardCharsets.UTF_8), ReadOptions.defaults().withName("m"));
    ModelDescription described = ModelFiles.describe(SpelledModel.of(layers), ReadOptions.defaults().withName("m"));

    assertThat(json.root()).isEqualTo(npz.root());
    assertThat(described.root()).isEqualTo(npz.root());
    assertThat(List.of(npz.format(), json.format(), described.format())).containsExactly("npz", "json", "description");
    for (ModelDescription model : List.of(npz, json, described)) {
      assertThat(arrays(model)).hasSize(6);
      for (int i = 0; i < 6; i++) {
        assertThat(arrays(model).get(i).read().floats()).isEqualTo(golden().get(i).read().floats());
        assertThat(arrays(model).get(i).shape()).isEqualTo(golden().get(i).shape());
      }
    }
  }

  @Test
  void makesDenseLayersOfTheShapes() {
    Map<String, Object> config =
        Json.object(npz(OPTIONS, zeros(5, 4), zeros(4), zeros(4, 3), zeros(3, 3), zeros(3)).root().get("config"), "config");
    List<Object> layers = Json.list(config.get("layers"), "layers");
    assertThat(layers).hasSize(4);
    assertThat(config(layers.get(0)).get("batch_shape")).isEqualTo(Arrays.asList(null, 5L));
    assertThat(config(layers.get(1)))
        .containsEntry("name", "dense")
        .containsEntry("units", 4L)
        .containsEntry("use_bias", true)
        .containsEntry("activation", "relu");
    assertThat(config(layers.get(2))).containsEntry("name", "dense_1").containsEntry("use_bias", false);
    assertThat(config(layers.get(3))).containsEntry("activation", "linear");
  }

  private static Map<String, Object> config(Object layer) {
    return Json.object(Json.object(layer, "layer").get("config"), "config");
  }

  @Test
  void saysHowManyKernelsThereAre() {
    ReadOptions none = ReadOptions.defaults().withName("m");
    assertRefused(
        () -> npz(none.withActivations(List.of("relu", "linear")), zeros(2, 2), zeros(2, 2), zeros(2, 2)),
        Reason.INVALID_MODEL,
        "has 3 kernels",
        "got 2 (relu,linear)");
    assertRefused(() -> npz(none, zeros(2, 3), zeros(3)), Reason.INVALID_MODEL, "1 kernel", "--architecture", "--activations");
  }

  @Test
  void refusesWhatIsNoChainOfDenseLayers() {
    assertRefused(() -> npz(OPTIONS, zeros(3, 3, 3, 8)), Reason.INVALID_MODEL, "[3, 3, 3, 8]", "give --architecture");
    assertRefused(() -> npz(OPTIONS, zeros(5, 4), zeros(3)), Reason.INVALID_MODEL, "expected a bias of shape [4]", "[3]");
    assertRefused(() -> npz(OPTIONS, zeros(5, 4), zeros(4), zeros(4)), Reason.INVALID_MODEL, "give --architecture");
    assertRefused(() -> npz(OPTIONS, zeros(5, 4), zeros(3, 2)), Reason.INVALID_MODEL, "expected a kernel of 4 rows");
    assertRefused(
        () -> npz(OPTIONS, ArrayTensor.of(new String[] {"a"}, 1, 1)), Reason.INVALID_MODEL, "expected numbers, got string");
  }

  @Test
  void numbersArraysNumericallyAndNoticesAGap() {
    Map<String, ArrayTensor> named = new LinkedHashMap<>();
    named.put("arr_1", zeros(4));
    named.put("arr_0", zeros(5, 4));
    ReadOptions one = ReadOptions.defaults().withName("m").withActivations(List.of("relu"));
    assertThat(arrays(ModelFiles.open(Npz.bytes(named), one)).get(0).shape()).isEqualTo(Shape.of(5, 4));
    named.put("arr_3", zeros(4, 2));
    assertRefused(() -> ModelFiles.open(Npz.bytes(named), one), Reason.INVALID_MODEL, "no arr_2");
    ModelDescription single = ModelFiles.open(Npy.bytes(zeros(5, 4)), one);
    assertThat(arrays(single)).hasSize(1);
  }

  @Test
  void takesAnArchitecture(@TempDir Path folder) throws IOException {
    Path weights = folder.resolve("w.npz");
    Files.copy(Golden.file("mlp_33_64_32_1/weights.npz"), weights);
    Map<String, Object> root = ModelFiles.open(Golden.file("mlp_33_64_32_1/model.keras"), ReadOptions.defaults()).root();
    Path config = Golden.file("mlp_33_64_32_1/config.json");

    ModelDescription given = ModelFiles.open(weights, ReadOptions.defaults().withArchitecture(config));
    assertThat(given.root().get("class_name")).isEqualTo("Sequential");
    assertThat(given.kerasVersion()).isEqualTo(KerasVersion.NEWEST);
    assertThat(arrays(given)).hasSize(6);

    ModelDescription zipped =
        ModelFiles.open(weights, ReadOptions.defaults().withArchitecture(Golden.file("mlp_33_64_32_1/model.keras")));
    assertThat(zipped.root()).isEqualTo(root);
    assertThat(zipped.kerasVersion()).isEqualTo(KerasVersion.of("3.15.1"));

    Files.copy(config, folder.resolve("config.json"));
    assertThat(ModelFiles.open(weights, ReadOptions.defaults()).root()).isEqualTo(given.root());
    assertThat(ModelFiles.open(weights, OPTIONS).root()).isNotEqualTo(given.root());

    Files.writeString(folder.resolve("twice.json"), JsonText.of(Files.readString(config)));
    ReadOptions twice = ReadOptions.defaults().withArchitecture(folder.resolve("twice.json"));
    assertThat(ModelFiles.open(weights, twice).root()).isEqualTo(given.root());

    Files.writeString(folder.resolve("no.json"), "{\"weights\": []}");
    ReadOptions no = ReadOptions.defaults().withArchitecture(folder.resolve("no.json"));
    assertRefused(() -> ModelFiles.open(weights, no), Reason.INVALID_MODEL, "no.json is no architecture");
    assertRefused(
        () -> ModelFiles.open(weights, OPTIONS.withArchitecture(config)), Reason.INVALID_ARGUMENT, "not both");
    assertRefused(() -> ModelFiles.open(config, ReadOptions.defaults()), Reason.INVALID_MODEL, "without weights");
  }

  @Test
  void readsJsonStrictly() {
    assertRefused(() -> json("{\"weights\": [[[1, 2], [3]]], \"activations\": [\"relu\"]}"), Reason.INVALID_MODEL, "weights[0][1]", "expected 2 elements", "got 1");
    assertRefused(() -> json("{\"weights\": [[[1, \"x\"]]]}"), Reason.INVALID_MODEL, "expected a number, got the text \"x\"");
    assertRefused(() -> json("{\"weights\": [[[1]]], \"biases\": [[1], [2]]}"), Reason.INVALID_MODEL, "expected 1 biases", "got 2");
    assertRefused(() -> json("{\"weigths\": []}"), Reason.INVALID_MODEL, "expected an object with weights", "weigths");
    ModelDescription model = json("{\"weights\": [[[1, 2]], [[0.5], [1]]], \"biases\": [null, [3]], \"activations\": [null, \"tanh\"]}");
    assertThat(arrays(model).stream().map(StoredArray::shape)).containsExactly(Shape.of(1, 2), Shape.of(2, 1), Shape.of(1));
    assertThat(arrays(model).get(1).read().floats()).containsExactly(0.5f, 1f);
  }

  private static ModelDescription json(String text) {
    return ModelFiles.open(text.getBytes(StandardCharsets.UTF_8), ReadOptions.defaults().withName("m"));
  }
}
