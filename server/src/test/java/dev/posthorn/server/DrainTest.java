package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.posthorn.v1.PredictRequest;
import dev.posthorn.v1.PredictStreamRequest;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DrainTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answersWhatHasComeInAndEndsStreamsWhenGoingDown(boolean network) throws Exception {
    try (TestServer server = TestServer.start(network, config -> config.set("grace", "20").set("ready-when", "warm"))) {
      server.loadLayer("gate", "Test>Gate", "");
      CountDownLatch gate = server.layers().closeGate();
      PredictStreamRequest.Builder request =
          PredictStreamRequest.newBuilder().setModel("gate").addInputs(TestServer.floats("", new float[3], 1, 3));
      Conversation busy = Conversation.open(server.channel()).send(request);
      await().until(() -> server.layers().atGate() == 1);
      busy.send(request);
      await().until(() -> server.layers().atGate() == 2);
      Conversation idle = Conversation.open(server.channel());
      CompletableFuture<Integer> unary =
          CompletableFuture.supplyAsync(
              () ->
                  server
                      .inference()
                      .predict(
                          PredictRequest.newBuilder().setModel("gate").addAllInputs(request.getInputsList()).build())
                      .getOutputsCount(),
              task -> Thread.ofVirtual().start(task));
      await().until(() -> server.server().streams().size() == 2);
      await().until(() -> waitingRows(server) == 1);

      CompletableFuture<Void> drained =
          CompletableFuture.runAsync(
              () -> {
                try {
                  server.server().drain();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> Thread.ofVirtual().start(task));
      assertThat(idle.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(drained).isNotDone();
      gate.countDown();

      assertThat(busy.next().getIndex()).isZero();
      assertThat(busy.next().getIndex()).isEqualTo(1);
      assertThat(busy.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(StatusProto.fromStatusAndTrailers(busy.end(), busy.trailers()).getDetails(0).toString())
          .contains("SHUTTING_DOWN");
      assertThat(unary.get(10, TimeUnit.SECONDS)).isEqualTo(1);
      drained.get(10, TimeUnit.SECONDS);
    }
  }

  private static long waitingRows(TestServer server) {
    var version = server.server().repository().acquire("gate", 0, "");
    try {
      return version.batcher().queuedRows();
    } finally {
      version.release();
    }
  }
}
