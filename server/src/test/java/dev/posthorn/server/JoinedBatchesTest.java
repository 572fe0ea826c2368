package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.posthorn.v1.LayerDescription;
import dev.posthorn.v1.ModelDescription;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import dev.posthorn.v1.TensorInfo;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class JoinedBatchesTest {
  private static PredictStreamRequest.Builder request(float... row) {
    return PredictStreamRequest.newBuilder()
        .setModel("m")
        .setReportTiming(true)
        .addInputs(TestServer.floats("", row, row.length / 3, 3));
  }

  /** A gate, so that requests pile up, and then a layer that cannot stand one value. */
  private static ModelDescription gateAndPicky() {
    return ModelDescription.newBuilder()
        .addInputs(TensorInfo.newBuilder().setName("x").addShape(-1).addShape(3))
        .addLayers(LayerDescription.newBuilder().setClassName("Test>Gate"))
        .addLayers(LayerDescription.newBuilder().setClassName("Test>Picky"))
        .build();
  }

  @Test
  void failsOnlyTheCulpritOfAJointRun() throws Exception {
    try (TestServer server = TestServer.inProcess()) {
      server.load("m", gateAndPicky());
      CountDownLatch gate = server.layers().closeGate();
      Conversation stream = Conversation.open(server.channel());
      stream.send(request(0, 0, 0)).send(request(1, 1, 1));
      for (int i = 2; i < 10; i++) {
        stream.send(i == 5 ? request(TestLayers.POISON, 5, 5) : request(i, i, i, -i, -i, -i));
      }
      await().until(() -> server.server().streams().getFirst().bufferedBytes() > 10 * 20);
      await().until(() -> batcherRows(server) == 7 * 2 + 1);
      gate.countDown();

      for (int i = 0; i < 10; i++) {
        PredictStreamResponse response = stream.next();
        assertThat(response.getIndex()).isEqualTo(i);
        if (i == 5) {
          assertThat(response.getError().getReason()).isEqualTo("PLUGIN_FAILED");
        } else {
          assertThat(response.getOutputs(0).getFloatValues(0)).isEqualTo(i);
          assertThat(response.getOutputs(0).getShape(0)).isEqualTo(i < 2 ? 1 : 2);
        }
      }
      stream.cancel();
    }
  }

  @Test
  void computesWaitingRequestsTogether() throws Exception {
    try (TestServer server = TestServer.inProcess()) {
      server.load("m", gateAndPicky());
      CountDownLatch gate = server.layers().closeGate();
      Conversation stream = Conversation.open(server.channel());
      for (int i = 0; i < 12; i++) {
        stream.send(request(i, i, i));
      }
      await().until(() -> batcherRows(server) == 10);
      gate.countDown();

      int joined = 0;
      for (int i = 0; i < 12; i++) {
        PredictStreamResponse response = stream.next();
        assertThat(response.getOutputs(0).getFloatValuesList()).containsExactly((float) i, (float) i, (float) i);
        joined += response.getTiming().getBatchRows() == 10 ? 1 : 0;
      }
      assertThat(joined).isEqualTo(10);
      stream.cancel();
    }
  }

  @Test
  void refusesWhatDoesNotFitIntoTheQueue() throws Exception {
    try (TestServer server = TestServer.inProcess("queue-rows=4")) {
      server.load("m", gateAndPicky());
      CountDownLatch gate = server.layers().closeGate();
      Conversation stream = Conversation.open(server.channel());
      stream.send(request(0, 0, 0)).send(request(1, 1, 1));
      await().until(() -> server.server().streams().getFirst().bufferedBytes() > 40 && batcherRows(server) == 0);
      for (int i = 2; i < 8; i++) {
        stream.send(request(i, i, i));
      }
      await().until(() -> batcherRows(server) == 4);
      gate.countDown();

      for (int i = 0; i < 8; i++) {
        PredictStreamResponse response = stream.next();
        assertThat(response.getError().getReason()).isEqualTo(i < 6 ? "" : "QUEUE_FULL");
        assertThat(response.getError().getRetryAfterMillis() > 0).isEqualTo(i >= 6);
      }
      stream.cancel();
    }
  }

  private static long batcherRows(TestServer server) {
    var version = server.server().repository().acquire("m", 0, "");
    try {
      return version.batcher().queuedRows();
    } finally {
      version.release();
    }
  }
}
