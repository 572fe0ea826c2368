package dev.posthorn.engine;

import static dev.posthorn.engine.TestModels.dense;
import static dev.posthorn.engine.TestModels.layer;
import static dev.posthorn.engine.TestModels.sequential;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Loading: what it refuses, in which words, and what the optimiser makes of a graph. */
class LoadingTest {
  private final Engine engine = Engine.builder().kernels("ejml").threads(1).build();

  @AfterEach
  void close() {
    engine.close();
  }

  private static ArrayTensor kernel(int rows, int columns) {
    return ArrayTensor.of(new float[rows * columns], rows, columns);
  }

  private static ArrayTensor bias(int columns) {
    return ArrayTensor.of(new float[columns], columns);
  }

  private void assertRefused(Reason reason, String message, ModelDescription description) {
    assertThatThrownBy(() -> engine.load(description))
        .isInstanceOfSatisfying(InferenceException.class, e -> {
          assertThat(e.reason()).isEqualTo(reason);
          assertThat(e.metadata()).containsEntry("model", "model");
        })
        .hasMessageContaining(message);
  }

  @Test
  void namesTheClassTheLayerAndTheRemedyOfAnUnknownLayer() {
    assertRefused(
        Reason.UNKNOWN_LAYER,
        "Dens 'second': unknown layer class 'Dens' (layer 3 of 3); near: Dense",
        sequential(2, List.of(dense("first", 2, "relu"), layer("Dens", "second", "\"units\": 1")),
            kernel(2, 2), bias(2)));
    assertRefused(
        Reason.UNKNOWN_LAYER,
        "(--plugins DIR)",
        sequential(2, List.of(dense("first", 2, "no_such_function")), kernel(2, 2), bias(2)));
  }

  @Test
  void namesMissingLeftOverAndMisshapenWeights() {
    List<String> layers = List.of(dense("first", 3, "relu"), dense("second", 1, "linear"));
    assertRefused(
        Reason.MISSING_WEIGHTS,
        "Dense 'second': weight 'bias' [1] is missing: expected 4 arrays, got 3",
        sequential(2, layers, kernel(2, 3), bias(3), kernel(3, 1)));
    assertRefused(
        Reason.INVALID_MODEL,
        "takes 4 arrays, got 5: 'arr_4' [9] is left over",
        sequential(2, layers, kernel(2, 3), bias(3), kernel(3, 1), bias(1), bias(9)));
    assertRefused(
        Reason.INVALID_MODEL,
        "Dense 'second': weight 'kernel': expected shape [3, 1], got [1, 3]",
        sequential(2, layers, kernel(2, 3), bias(3), kernel(1, 3), bias(1)));
  }

  @Test
  void refusesAnOptionThatNobodyUnderstandsByName() {
    assertRefused(
        Reason.UNSUPPORTED,
        "Dense 'first': config 'sideways' = 3 is not supported",
        sequential(2, List.of(layer("Dense", "first", "\"units\": 1, \"sideways\": 3")), kernel(2, 1), bias(1)));
  }

  @Test
  void dropsIdentitiesAndFusesWhatFollowsADenseLayer() {
    ModelDescription description = sequential(
        2,
        List.of(
            dense("first", 3, "linear"),
            layer("Dropout", "dropout", "\"rate\": 0.5"),
            layer("BatchNormalization", "norm",
                "\"axis\": -1, \"momentum\": 0.99, \"epsilon\": 0.001, \"center\": true, \"scale\": true"),
            layer("Activation", "relu", "\"activation\": \"relu\""),
            dense("last", 1, "linear")),
        ArrayTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3), ArrayTensor.of(new float[] {0, 1, -1}, 3),
        ArrayTensor.of(new float[] {1, 2, 3}, 3), ArrayTensor.of(new float[] {0.5f, 0, -9}, 3),
        ArrayTensor.of(new float[] {1, 1, 2}, 3), ArrayTensor.of(new float[] {4, 1, 9}, 3),
        ArrayTensor.of(new float[] {1, 1, 1}, 3, 1), ArrayTensor.of(new float[] {10}, 1));
    try (Model model = engine.load(description)) {
      assertThat(model.steps()).hasSize(2);
      assertThat(model.steps().get(0).layers()).containsExactly("first", "norm", "relu");
      List<ArrayTensor> x = List.of(ArrayTensor.of(new float[] {1, 1}, 1, 2));
      // first: 5, 8, 8; norm: (5-1)/2+0.5 = 2.5, 2*(8-1) = 14, 3*(8-2)/3-9 = -3; relu: 2.5, 14, 0; last: 26.5
      assertThat(model.predict(x).get(0).floats()[0]).isCloseTo(26.5f, org.assertj.core.data.Offset.offset(0.02f));
      float[] traced = new float[1];
      model.trace(x, java.util.Set.of("last"), Cancellation.NONE, call -> traced[0] = call.outputs().get(0).floats()[0]);
      assertThat(traced[0]).isCloseTo(model.predict(x).get(0).floats()[0], org.assertj.core.data.Offset.offset(1e-5f));
    }
  }

  @Test
  void refusesAModelThatDoesNotReproduceItsExample() {
    ModelDescription plain = sequential(1, List.of(dense("first", 1, "linear")), kernel(1, 1), bias(1));
    Example wrong = new Example(
        Map.of("x", ArrayTensor.of(new float[] {3}, 1, 1)), Map.of("", ArrayTensor.of(new float[] {7}, 1, 1)),
        Example.RTOL, Example.ATOL);
    ModelDescription proven = new ModelDescription(
        plain.name(), plain.format(), plain.kerasVersion(), plain.sha256(), plain.root(), plain.weights(),
        plain.assets(), Optional.of(wrong));
    assertThatThrownBy(() -> engine.load(proven))
        .isInstanceOfSatisfying(InferenceException.class,
            e -> assertThat(e.metadata()).containsEntry("output", "first").containsEntry("expected", "7.0")
                .containsEntry("actual", "0.0"));
  }

  @Test
  void answersAnEmptyBatchWithEmptyOutputs() {
    try (Model model = engine.load(sequential(2, List.of(dense("first", 3, "relu")), kernel(2, 3), bias(3)))) {
      ArrayTensor output = model.predict(List.of(ArrayTensor.of(new float[0], 0, 2))).get(0);
      assertThat(output.shape().dims()).containsExactly(0, 3);
    }
  }

  @Test
  void refusesToPredictAfterClosing() {
    Model model = engine.load(sequential(2, List.of(dense("first", 3, "relu")), kernel(2, 3), bias(3)));
    List<ArrayTensor> x = List.of(ArrayTensor.of(new float[2], 1, 2));
    List<ArrayTensor> y = model.predict(x);
    model.close();
    assertThatThrownBy(() -> model.predict(x, y, Cancellation.NONE)).hasMessageContaining("was unloaded");
  }

  @Test
  void stopsBetweenLayersWhenTheRequestIsCancelled() {
    try (Model model = engine.load(sequential(2, List.of(dense("first", 3, "relu")), kernel(2, 3), bias(3)))) {
      List<ArrayTensor> x = List.of(ArrayTensor.of(new float[2], 1, 2));
      List<ArrayTensor> y = model.predict(x);
      assertThatThrownBy(() -> model.predict(x, y, () -> {
        throw new InferenceException(Reason.CANCELLED, "gone");
      })).hasMessage("gone");
    }
  }
}
