package dev.posthorn.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stateful model goes on where its sequence ended. */
class SequenceTest {
  private static final String CASE = "stateful_lstm";

  @TempDir Path temporary;
  private final Engine engine = Engine.builder().threads(1).build();
  private Path folder = Path.of("");

  @BeforeEach
  void unpack() {
    folder = GoldenCases.unpack(temporary);
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private ArrayTensor expected(String file) {
    return dev.posthorn.engine.keras.Npy.read(folder.resolve(CASE).resolve(file), Budget.DEFAULT);
  }

  private static void assertAgrees(ArrayTensor expected, ArrayTensor got) {
    Comparison comparison = Comparison.of(expected, got, Example.RTOL, Example.ATOL);
    assertThat(comparison.passed()).as(comparison.toString()).isTrue();
  }

  @Test
  void goesOnInterleavedWithAnother() {
    try (Model model = GoldenCases.load(engine, folder, CASE)) {
      assertThat(model.stateful()).isTrue();
      List<ArrayTensor> inputs = GoldenCases.inputs(model, folder, CASE);
      List<ArrayTensor> outputs = model.predict(inputs);
      assertAgrees(expected("output_0.npy"), outputs.get(0));
      Sequence a = model.newSequence();
      Sequence b = model.newSequence();
      for (String file : List.of("output_0.npy", "second_call_output_0.npy")) {
        for (Sequence sequence : List.of(a, b)) {
          model.predict(inputs, outputs, Cancellation.NONE, sequence);
          assertAgrees(expected(file), outputs.get(0));
        }
      }
      a.reset();
      model.predict(inputs, outputs, Cancellation.NONE, a);
      assertAgrees(expected("output_0.npy"), outputs.get(0));
    }
  }

  @Test
  void staysAsItWasWhenAMessageFails() {
    try (Model model = GoldenCases.load(engine, folder, CASE)) {
      List<ArrayTensor> inputs = GoldenCases.inputs(model, folder, CASE);
      List<ArrayTensor> outputs = model.predict(inputs);
      Sequence sequence = model.newSequence();
      model.predict(inputs, outputs, Cancellation.NONE, sequence);
      int[] checks = {0};
      assertThatThrownBy(() -> model.predict(inputs, outputs, () -> {
        if (checks[0]++ == 3) {
          throw new InferenceException(Reason.CANCELLED, "in the middle of the layer");
        }
      }, sequence)).hasMessage("in the middle of the layer");
      assertThatThrownBy(() -> model.predict(
          List.of(ArrayTensor.of(new float[20], 1, 5, 4)), List.of(ArrayTensor.of(new float[2], 1, 2)),
          Cancellation.NONE, sequence)).hasMessageContaining("expected 3 rows, got 1");
      model.predict(inputs, outputs, Cancellation.NONE, sequence);
      assertAgrees(expected("second_call_output_0.npy"), outputs.get(0));
    }
  }
}
