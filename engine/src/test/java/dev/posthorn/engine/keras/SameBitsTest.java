package dev.posthorn.engine.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.StoredArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model gives the same bits in whatever form it came. */
class SameBitsTest {
  private static final ReadOptions OPTIONS = ReadOptions.defaults().withName("m");

  private static float[] predict(ModelDescription description, ArrayTensor input) {
    try (Engine engine = Engine.builder().threads(1).build();
        Model model = engine.load(description)) {
      return model.predict(List.of(input)).getFirst().floats();
    }
  }

  @Test
  void bareArraysAgreeWithKeras() {
    ArrayTensor input = Npy.read(Golden.file("mlp_33_64_32_1/input_0.npy"), Budget.DEFAULT);
    float[] expected = Npy.read(Golden.file("mlp_33_64_32_1/output_0.npy"), Budget.DEFAULT).floats();
    Path npz = Golden.file("mlp_33_64_32_1/weights.npz");
    ReadOptions activations = OPTIONS.withActivations(List.of("relu", "relu", "linear"));
    float[] keras = predict(ModelFiles.open(Golden.file("mlp_33_64_32_1/model.keras"), OPTIONS), input);
    assertThat(keras).usingComparatorWithPrecision(1e-6f).containsExactly(expected);
    assertThat(predict(ModelFiles.open(npz, activations), input)).isEqualTo(keras);
    assertThat(predict(ModelFiles.open(npz, OPTIONS), input)).isEqualTo(keras);
  }

  @Test
  void aNormalizationBetweenDenseLayersIsTheSameInEveryForm(@TempDir Path folder) throws IOException {
    Random random = new Random(5);
    int[][] shapes = {{5, 7}, {7}, {7}, {7}, {7}, {7}, {7, 3}, {3}};
    String[] paths = {
      "layers/dense/vars/0", "layers/dense/vars/1",
      "layers/batch_normalization/vars/0", "layers/batch_normalization/vars/1",
      "layers/batch_normalization/vars/2", "layers/batch_normalization/vars/3",
      "layers/dense_1/vars/0", "layers/dense_1/vars/1"
    };
    List<StoredArray> given = new ArrayList<>();
    Map<String, ArrayTensor> numbered = new LinkedHashMap<>();
    Map<String, ArrayTensor> byPath = new LinkedHashMap<>();
    for (int i = 0; i < shapes.length; i++) {
      float[] values = new float[shapes[i].length == 2 ? shapes[i][0] * shapes[i][1] : shapes[i][0]];
      for (int j = 0; j < values.length; j++) {
        values[j] = 0.1f + random.nextFloat();
      }
      ArrayTensor tensor = ArrayTensor.of(values, shapes[i]);
      given.add(new GivenArray("w" + i, tensor));
      numbered.put("arr_" + i, tensor);
      byPath.put(paths[i], tensor);
    }
    ModelDescription spelled =
        ModelFiles.describe(
            SpelledModel.of(
                List.of(
                    new SpelledLayer("", "", "tanh", "", List.of(), given.subList(0, 2)),
                    new SpelledLayer("", "BatchNormalization", "", "", List.of(), given.subList(2, 6)),
                    new SpelledLayer("", "Dense", "", "{\"activation\": \"sigmoid\"}", List.of(), given.subList(6, 8)))),
            OPTIONS);
    String config = JsonText.of(spelled.root());
    Path architecture = Files.writeString(folder.resolve("config.json"), config);
    ModelDescription keras =
        ModelFiles.open(
            ZipArchiveTest.zip(
                "config.json", config.getBytes(StandardCharsets.UTF_8), "model.weights.npz", Npz.bytes(byPath)),
            OPTIONS);
    ModelDescription npz = ModelFiles.open(Npz.bytes(numbered), OPTIONS.withArchitecture(architecture));
    ModelDescription data = ModelFiles.describe(SpelledModel.of(config, given), OPTIONS);

    float[] row = {0.3f, -1, 2, 0.5f, -0.25f};
    ArrayTensor input = ArrayTensor.of(row, 1, 5);
    float[] expected = predict(spelled, input);
    for (ModelDescription other : List.of(keras, npz, data)) {
      assertThat(predict(other, input)).isEqualTo(expected);
    }
    double[] byHand = byHand(row, new ArrayList<>(numbered.values()));
    for (int i = 0; i < 3; i++) {
      assertThat((double) expected[i]).isCloseTo(byHand[i], within(1e-6));
    }
  }

  private static double[] byHand(float[] row, List<ArrayTensor> w) {
    double[] hidden = dense(toDoubles(row), w.get(0).floats(), w.get(1).floats());
    for (int i = 0; i < hidden.length; i++) {
      double normal = (Math.tanh(hidden[i]) - w.get(4).floats()[i]) / Math.sqrt(w.get(5).floats()[i] + 1e-3);
      hidden[i] = normal * w.get(2).floats()[i] + w.get(3).floats()[i];
    }
    double[] out = dense(hidden, w.get(6).floats(), w.get(7).floats());
    for (int i = 0; i < out.length; i++) {
      out[i] = 1 / (1 + Math.exp(-out[i]));
    }
    return out;
  }

  private static double[] dense(double[] x, float[] kernel, float[] bias) {
    double[] y = toDoubles(bias);
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y.length; j++) {
        y[j] += x[i] * kernel[i * y.length + j];
      }
    }
    return y;
  }

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  @Test
  void spelledBranchesRun() {
    float[] identity = {1, 0, 0, 1};
    SpelledModel spelled =
        SpelledModel.of(
                List.of(
                    layer("left", "Dense", "relu", List.of("a"), new GivenArray("k", ArrayTensor.of(identity, 2, 2))),
                    layer("right", "Dense", "", List.of("a"), new GivenArray("k", ArrayTensor.of(identity, 2, 2))),
                    layer("sum", "Add", "", List.of("left", "right")),
                    layer("both", "Concatenate", "", List.of("sum", "a"))))
            .withInputs(List.of(new SpelledInput("a", Optional.empty(), Optional.empty())));
    ModelDescription model = ModelFiles.describe(spelled, OPTIONS);
    assertThat(predict(model, ArrayTensor.of(new float[] {3, -2}, 1, 2))).containsExactly(6, -2, 3, -2);
  }

  private static SpelledLayer layer(
      String name, String className, String activation, List<String> inputs, StoredArray... weights) {
    return new SpelledLayer(name, className, activation, "", inputs, List.of(weights));
  }
}
