package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.posthorn.v1.DataType;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import dev.posthorn.v1.Tensor;
import io.grpc.Status;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PredictStreamTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.inProcess();
    server.loadDoubling("double");
    server.loadDoubling("other");
    server.loadLayer("slow", "Test>Slow", "{\"millis\": 30}");
    server.loadLayer("picky", "Test>Picky", "");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static PredictStreamRequest.Builder request(float... row) {
    return PredictStreamRequest.newBuilder().addInputs(TestServer.floats("", row, row.length / 3, 3));
  }

  @Test
  void answersEveryBatchInOrderWhicheverIsComputedFirst() throws Exception {
    Conversation stream = Conversation.open(server.channel());
    for (int i = 0; i < 40; i++) {
      stream.send(request(i, 0, 0).setModel(i % 3 == 0 ? "slow" : "double").setRequestId("r" + i));
    }
    stream.halfClose();

    for (int i = 0; i < 40; i++) {
      PredictStreamResponse response = stream.next();
      assertThat(response.getIndex()).isEqualTo(i);
      assertThat(response.getRequestId()).isEqualTo("r" + i);
      assertThat(response.getOutputs(0).getFloatValues(0)).isEqualTo(i % 3 == 0 ? i : 2 * i);
    }
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.OK);
  }

  @Test
  void goesOnAfterMessagesThatFail() throws Exception {
    Conversation stream = Conversation.open(server.channel());
    stream.send(request(1, 2, 3).setModel("double"));
    stream.send(PredictStreamRequest.newBuilder().addInputs(TestServer.floats("", new float[4], 1, 4)));
    stream.send(request(1, 2, 3).setModel("nobody"));
    stream.send(request(1, 2, 3).setModel("double").setTimeoutMicros(-1));
    stream.send(request(TestLayers.POISON, 2, 3).setModel("picky"));
    stream.send(request(1, 2, 3).setModel("slow").setTimeoutMicros(2000));
    stream.send(request(4, 5, 6).setModel("double"));

    assertThat(stream.next().hasError()).isFalse();
    PredictStreamResponse features = stream.next();
    assertThat(features.getError().getReason()).isEqualTo("INVALID_INPUT_SHAPE");
    assertThat(features.getError().getMessage()).contains("expected 3 features, got 4");
    assertThat(features.getError().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT.value());
    assertThat(features.getOutputsCount()).isZero();
    assertThat(stream.next().getError().getReason()).isEqualTo("MODEL_NOT_FOUND");
    assertThat(stream.next().getError().getReason()).isEqualTo("INVALID_ARGUMENT");
    assertThat(stream.next().getError().getReason()).isEqualTo("PLUGIN_FAILED");
    assertThat(stream.next().getError().getReason()).isEqualTo("DEADLINE_EXCEEDED");
    assertThat(stream.next().getOutputs(0).getFloatValuesList()).containsExactly(8f, 10f, 12f);
    stream.cancel();
  }

  @Test
  void keepsModelAndVersionUntilAnotherIsNamedAlsoByAMessageThatFails() throws Exception {
    Conversation stream = Conversation.open(server.channel());
    stream.send(request(1, 1, 1));
    stream.send(request(1, 1, 1).setVersion(1));
    stream.send(request(1, 1, 1).setModel("double").setVersion(1));
    stream.send(request(1, 1, 1));
    stream.send(request(1, 1, 1).setVersion(1));
    stream.send(request(1, 1, 1).setModel("other").setVersion(7));
    stream.send(request(1, 1, 1));
    stream.send(request(1, 1, 1).setModel("other"));

    assertThat(stream.next().getError().getReason()).isEqualTo("INVALID_ARGUMENT");
    assertThat(stream.next().getError().getReason()).isEqualTo("INVALID_ARGUMENT");
    PredictStreamResponse first = stream.next();
    assertThat(first.getModel()).isEqualTo("double");
    assertThat(first.getVersion()).isEqualTo(1);
    PredictStreamResponse second = stream.next();
    assertThat(second.getOutputsCount()).isEqualTo(1);
    assertThat(second.getModel()).isEmpty();
    assertThat(second.getVersion()).isZero();
    assertThat(stream.next().getError().getReason()).isEqualTo("INVALID_ARGUMENT");
    assertThat(stream.next().getError().getReason()).isEqualTo("VERSION_NOT_FOUND");
    assertThat(stream.next().getError().getReason()).isEqualTo("VERSION_NOT_FOUND");
    PredictStreamResponse last = stream.next();
    assertThat(last.getModel()).isEqualTo("other");
    assertThat(last.getVersion()).isEqualTo(1);
    stream.cancel();
  }

  @Test
  void answersRawIfAnInputCameRaw() throws Exception {
    Conversation stream = Conversation.open(server.channel());
    Tensor raw =
        Tensor.newBuilder()
            .setDataType(DataType.DATA_TYPE_FLOAT32)
            .addShape(1)
            .addShape(3)
            .setRaw(ByteString.copyFrom(new byte[] {0, 0, -128, 63, 0, 0, 0, 64, 0, 0, 64, 64}))
            .build();
    stream.send(PredictStreamRequest.newBuilder().setModel("double").addInputs(raw).setReportTiming(true));

    PredictStreamResponse response = stream.next();
    assertThat(response.getOutputs(0).getFloatValuesCount()).isZero();
    assertThat(response.getOutputs(0).getRaw().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getFloat(8))
        .isEqualTo(6f);
    assertThat(response.getOutputs(0).getDataType()).isEqualTo(DataType.DATA_TYPE_FLOAT32);
    assertThat(response.getOutputs(0).getShapeList()).containsExactly(1L, 3L);
    assertThat(response.getTiming().getBatchRows()).isEqualTo(1);
    assertThat(response.getTiming().getComputeNanos()).isPositive();
    stream.cancel();
  }

  @Test
  void answersAnEmptyBatchWithAnEmptyOne() throws Exception {
    Conversation stream = Conversation.open(server.channel());
    stream.send(
        PredictStreamRequest.newBuilder().setModel("double").addInputs(TestServer.floats("", new float[0], 0, 3)));

    PredictStreamResponse response = stream.next();
    assertThat(response.hasError()).isFalse();
    assertThat(response.getOutputs(0).getShapeList()).containsExactly(0L, 3L);
    stream.cancel();
  }
}
