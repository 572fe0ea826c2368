package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.posthorn.server.grpc.OpenStreams;
import dev.posthorn.v1.DataType;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import dev.posthorn.v1.Tensor;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real port: the in-process transport has no flow control of its own. */
class FlowControlTest {
  private static final int ROWS = 4096;
  private static final int MESSAGES = 250;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.onPort("window-bytes=262144");
    server.loadDoubling("cheap");
    server.loadLayer("slow", "Test>Slow", "{\"millis\": 1}");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"cheap", "slow"})
  void neverBuffersMoreThanTheWindowForASlowReader(String model) throws Exception {
    Tensor input =
        Tensor.newBuilder()
            .setDataType(DataType.DATA_TYPE_FLOAT32)
            .addShape(ROWS)
            .addShape(3)
            .setRaw(ByteString.copyFrom(new byte[ROWS * 12]))
            .build();
    Conversation stream = Conversation.silent(server.channel());
    Thread sender =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (int i = 0; i < MESSAGES; i++) {
                    while (!stream.isReady()) {
                      Thread.onSpinWait();
                      Thread.yield();
                    }
                    stream.send(PredictStreamRequest.newBuilder().setModel(model).addInputs(input));
                  }
                  stream.halfClose();
                });
    await().until(() -> !server.server().streams().isEmpty());
    OpenStreams.Stream open = server.server().streams().getFirst();
    await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(10)).until(() -> open.bufferedBytes() <= 262_144);
    assertThat(sender.isAlive()).as("the sender is held back").isTrue();

    for (int i = 0; i < MESSAGES; i++) {
      stream.ask(1);
      PredictStreamResponse response = stream.next();
      assertThat(response.getError().getMessage()).isEmpty();
      assertThat(response.getIndex()).isEqualTo(i);
    }
    assertThat(stream.end().isOk()).isTrue();
    assertThat(open.peakBytes()).isBetween((long) ROWS * 12, 262_144L);
    await().until(() -> open.bufferedBytes() == 0);
  }
}
