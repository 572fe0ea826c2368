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

  /** Warm before it is READY: no run but the test's comes to the gate. */
  private static TestServer warm(String... limits) {
    return TestServer.start(
        false,
        config -> {
          config.set("ready-when", "warm");
          for (String limit : limits) {
            config.limit(limit.split("=")[0], limit.split("=")[1]);
          }
        });
  }

  /** Both workers at the gate, with one request each: what comes now waits. */
  private static void occupyWorkers(TestServer server, Conversation stream) {
    stream.send(request(0, 0, 0));
    await().until(() -> server.layers().atGate() == 1);
    stream.send(request(1, 1, 1));
    await().until(() -> server.layers().atGate() == 2);
  }

  @Test
  void failsOnlyTheCulpritOfAJointRun() throws Exception {
    try (TestServer server = warm()) {
      server.load("m", gateAndPicky());
      CountDownLatch gate = server.layers().closeGate();
      Conversation stream = Conversation.open(server.channel());
      occupyWorkers(server, stream);
      for (int i = 2; i < 10; i++) {
        stream.send(i == 5 ? request(TestLayers.POISON, 5, 5) : request(i, i, i, -i, -i, -i));
      }
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
    try (TestServer server = warm()) {
      server.load("m", gateAndPicky());
      CountDownLatch gate = server.layers().closeGate();
      Conversation stream = Conversation.open(server.channel());
      occupyWorkers(server, stream);
      for (int i = 2; i < 12; i++) {
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
    try (TestServer server = warm("queue-rows=4")) {
      server.load("m", gateAndPicky());
      CountDownLatch gate = server.layers().closeGate();
      Conversation stream = Conversation.open(server.channel());
      occupyWorkers(server, stream);
      for (int i = 2; i < 6; i++) {
        stream.send(request(i, i, i));
      }
      await().until(() -> batcherRows(server) == 4);
      Conversation late = Conversation.open(server.channel()).send(request(6, 6, 6));
      PredictStreamResponse refused = late.next();
      gate.countDown();

      assertThat(refused.getError().getReason()).isEqualTo("QUEUE_FULL");
      assertThat(refused.getError().getMessage()).contains("queue-rows");
      assertThat(refused.getError().getRetryAfterMillis()).isPositive();
      for (int i = 0; i < 6; i++) {
        assertThat(stream.next().hasError()).isFalse();
      }
      assertThat(late.send(request(6, 6, 6)).next().hasError()).isFalse();
      stream.cancel();
      late.cancel();
    }
  }

  @Test
  void computesCheapBatchesInPlaceButNeverPlugIns() {
    try (TestServer server = warm()) {
      server.loadDoubling("cheap");
      server.load("m", gateAndPicky());
      var cheap = server.server().repository().acquire("cheap", 0, "");
      var plugIn = server.server().repository().acquire("m", 0, "");
      assertThat(cheap.batcher().runsInline(1)).isTrue();
      assertThat(cheap.batcher().runsInline(100_000_000)).isFalse();
      assertThat(plugIn.batcher().runsInline(1)).isFalse();
      cheap.release();
      plugIn.release();
    }
  }

  @Test
  void slowsAStreamDownThatFillsTheQueueByItself() throws Exception {
    try (TestServer server = warm("queue-rows=4")) {
      server.load("m", gateAndPicky());
      CountDownLatch gate = server.layers().closeGate();
      Conversation stream = Conversation.open(server.channel());
      occupyWorkers(server, stream);
      for (int i = 2; i < 40; i++) {
        stream.send(request(i, i, i));
      }
      await().until(() -> batcherRows(server) == 4);
      gate.countDown();

      for (int i = 0; i < 40; i++) {
        PredictStreamResponse response = stream.next();
        assertThat(response.getError().getMessage()).isEmpty();
        assertThat(response.getOutputs(0).getFloatValues(0)).isEqualTo(i);
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
