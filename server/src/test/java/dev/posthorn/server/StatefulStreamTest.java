package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.Npy;
import dev.posthorn.v1.PredictRequest;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import dev.posthorn.v1.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stateful LSTM that Keras wrote, with the outputs of a first and a second call. */
class StatefulStreamTest {
  private static TestServer server;
  private static Tensor input;
  private static float[] first;
  private static float[] second;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    for (String file : new String[] {"model.keras", "input_0.npy", "output_0.npy", "second_call_output_0.npy"}) {
      try (var in = StatefulStreamTest.class.getResourceAsStream("/golden/stateful_lstm/" + file)) {
        Files.copy(in, folder.resolve(file));
      }
    }
    ArrayTensor x = Npy.read(folder.resolve("input_0.npy"), Budget.DEFAULT);
    input = TestServer.floats("", x.floats(), x.shape().dim(0), x.shape().dim(1), x.shape().dim(2));
    first = Npy.read(folder.resolve("output_0.npy"), Budget.DEFAULT).floats();
    second = Npy.read(folder.resolve("second_call_output_0.npy"), Budget.DEFAULT).floats();
    server =
        TestServer.start(
            false,
            config ->
                config.model("lstm", folder.resolve("model.keras")).limit("sequences-per-stream", "3"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static PredictStreamRequest.Builder request(String sequence) {
    return PredictStreamRequest.newBuilder().setModel("lstm").setSequenceId(sequence).addInputs(input);
  }

  private static void assertAnswers(PredictStreamResponse response, float[] expected) {
    assertThat(response.getError().getMessage()).isEmpty();
    assertThat(response.getOutputs(0).getFloatValuesCount()).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(response.getOutputs(0).getFloatValues(i)).isCloseTo(expected[i], within(1e-5f));
    }
  }

  @Test
  void goesOnWithTwoInterleavedSequences() throws Exception {
    Conversation stream = Conversation.open(server.channel());
    stream.send(request("a")).send(request("b")).send(request("b")).send(request("a"));

    assertAnswers(stream.next(), first);
    assertAnswers(stream.next(), first);
    assertAnswers(stream.next(), second);
    assertAnswers(stream.next(), second);
    stream.cancel();
  }

  @Test
  void keepsTheStatesOfTwoStreamsApart() throws Exception {
    Conversation one = Conversation.open(server.channel());
    Conversation two = Conversation.open(server.channel());
    assertAnswers(one.send(request("")).next(), first);
    assertAnswers(two.send(request("")).next(), first);
    assertAnswers(one.send(request("")).next(), second);
    assertAnswers(two.send(request("")).next(), second);
    one.cancel();
    two.cancel();
  }

  @Test
  void resetsAndEndsASequence() throws Exception {
    Conversation stream = Conversation.open(server.channel());
    stream.send(request("")).send(request("").setResetState(true)).send(request("").setEndSequence(true));
    stream.send(request(""));

    assertAnswers(stream.next(), first);
    assertAnswers(stream.next(), first);
    assertAnswers(stream.next(), second);
    assertAnswers(stream.next(), first);
    stream.cancel();
  }

  @Test
  void leavesTheStateAloneWhenAMessageFails() throws Exception {
    Conversation stream = Conversation.open(server.channel());
    Tensor oneRow = TestServer.floats("", new float[20], 1, 5, 4);
    stream.send(request(""));
    stream.send(PredictStreamRequest.newBuilder().addInputs(oneRow));
    stream.send(request("").clearInputs().addInputs(TestServer.floats("", new float[20], 1, 4, 5)).setResetState(true));
    stream.send(request(""));

    assertAnswers(stream.next(), first);
    assertThat(stream.next().getError().getReason()).isEqualTo("INVALID_INPUT_SHAPE");
    assertThat(stream.next().getError().getReason()).isEqualTo("INVALID_INPUT_SHAPE");
    assertAnswers(stream.next(), second);
    stream.cancel();
  }

  @Test
  void limitsTheSequencesOfAStream() throws Exception {
    Conversation stream = Conversation.open(server.channel());
    for (String id : new String[] {"a", "b", "c", "d"}) {
      stream.send(request(id));
    }
    for (int i = 0; i < 3; i++) {
      assertAnswers(stream.next(), first);
    }
    PredictStreamResponse fourth = stream.next();
    assertThat(fourth.getError().getReason()).isEqualTo("TOO_LARGE");
    assertThat(fourth.getError().getMetadataMap()).containsEntry("limit", "sequences-per-stream");
    assertAnswers(stream.send(request("a").setEndSequence(true)).next(), second);
    assertAnswers(stream.send(request("d")).next(), first);
    stream.cancel();
  }

  @Test
  void beginsFromZeroInUnaryCalls() {
    PredictRequest request = PredictRequest.newBuilder().setModel("lstm").addInputs(input).build();
    for (int i = 0; i < 2; i++) {
      var outputs = server.inference().predict(request).getOutputs(0);
      assertThat(outputs.getFloatValues(0)).isCloseTo(first[0], within(1e-5f));
    }
  }
}
