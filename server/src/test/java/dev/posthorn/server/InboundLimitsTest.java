package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.posthorn.v1.PredictStreamRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InboundLimitsTest {
  @Test
  void refusesTheCallsOfConnectionsOverTheLimitAndCutsOffThoseOverTwice() throws Exception {
    try (TestServer server = TestServer.onPort("connections=1")) {
      server.loadDoubling("double");
      ManagedChannel second = connect(server);
      ManagedChannel third = connect(server);
      PredictStreamRequest.Builder request =
          PredictStreamRequest.newBuilder().setModel("double").addInputs(TestServer.floats("", new float[3], 1, 3));

      Conversation refused = Conversation.open(second).send(request);
      assertThat(refused.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(StatusProto.fromStatusAndTrailers(refused.end(), refused.trailers()).getDetails(0).toString())
          .contains("QUEUE_FULL")
          .contains("connections");
      assertThat(Conversation.open(third).send(request).end().isOk()).isFalse();

      second.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      server.channel().shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      await()
          .until(
              () -> {
                ManagedChannel fresh = connect(server);
                Conversation again = Conversation.open(fresh).send(request);
                again.halfClose();
                boolean served = again.end().isOk();
                fresh.shutdownNow();
                return served;
              });
      third.shutdownNow();
    }
  }

  private static ManagedChannel connect(TestServer server) {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.server().port()).usePlaintext().build();
  }

  @Test
  void endsTheNewestStreamWhenPartlyReceivedMessagesAreOverTheBudget() throws Exception {
    try (TestServer server = TestServer.onPort("inbound=100000")) {
      server.loadDoubling("double");
      Conversation large =
          Conversation.open(server.channel())
              .send(PredictStreamRequest.newBuilder().setModel("x".repeat(3_000_000)));
      assertThat(large.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(StatusProto.fromStatusAndTrailers(large.end(), large.trailers()).getDetails(0).toString())
          .contains("inbound");
      Conversation small =
          Conversation.open(server.channel())
              .send(
                  PredictStreamRequest.newBuilder()
                      .setModel("double")
                      .addInputs(TestServer.floats("", new float[3], 1, 3)));
      assertThat(small.next().hasError()).isFalse();
      small.cancel();
    }
  }
}
