package dev.posthorn.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.v1.TraceResponse;
import io.grpc.Status.Code;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PosthornClientTest {

  private DoublingServer server;
  private PosthornClient client;

  @BeforeEach
  void start(TestInfo test) throws Exception {
    server = new DoublingServer(test.getDisplayName());
    client = server.client();
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.close();
  }

  @Test
  void predictsRows() {
    assertThat(client.predict("doubling", new float[][] {{1, 2}, {3, 4}}))
        .isDeepEqualTo(new float[][] {{2, 4}, {6, 8}});
  }

  @Test
  void tellsWhichVersionAnswered() {
    PredictionRequest request = PredictionRequest.of("doubling", Tensors.of(new float[][] {{1}})).withRequestId("r");
    Prediction prediction = client.predict(request);
    assertThat(prediction.version()).isEqualTo(7);
    assertThat(prediction.requestId()).isEqualTo("r");
    assertThat(prediction.output("doubled")).isEqualTo(prediction.output());
    assertThatThrownBy(() -> prediction.output("x")).hasMessageContaining("no output 'x' among [doubled]");
  }

  @Test
  void throwsWhatTheServerSaid() {
    assertThatThrownBy(() -> client.predict("trebling", new float[][] {{1}}))
        .isInstanceOfSatisfying(
            PosthornException.class,
            e -> {
              assertThat(e.reason()).isEqualTo("MODEL_NOT_FOUND");
              assertThat(e.code()).isEqualTo(Code.NOT_FOUND);
              assertThat(e).hasMessage("no model 'trebling'");
              assertThat(e.metadata()).containsEntry("model", "doubling");
              assertThat(e.retryAfter()).contains(Duration.ofSeconds(2));
            });
  }

  @Test
  void stopsWaitingAtTheTimeout() {
    PredictionRequest request =
        PredictionRequest.of("slow", Tensors.of(new float[][] {{1}})).withTimeout(Duration.ofMillis(200));
    assertThatThrownBy(() -> client.predict(request))
        .isInstanceOfSatisfying(PosthornException.class, e -> assertThat(e.reason()).isEqualTo("DEADLINE_EXCEEDED"));
  }

  @Test
  void saysAtOnceThatAServerCannotBeReached() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (PosthornClient other = PosthornClient.connect("localhost:" + port)) {
      assertThatThrownBy(() -> other.predict("doubling", new float[][] {{1}}))
          .hasMessageContaining("the server cannot be reached: ")
          .isInstanceOfSatisfying(PosthornException.class, e -> assertThat(e.reason()).isEqualTo("UNAVAILABLE"));
      try (PredictionStream stream = other.stream("doubling")) {
        assertThatThrownBy(
                () -> {
                  stream.send(new float[][] {{1}});
                  stream.receive();
                })
            .isInstanceOfSatisfying(PosthornException.class, e -> assertThat(e.reason()).isEqualTo("UNAVAILABLE"));
      }
    }
  }

  @Test
  void refusesAMessageOverTheLimitWithTheWayToRaiseIt() {
    try (PosthornClient small = server.client(PosthornClient.builder("unused:1").maxMessageBytes(1_000))) {
      assertThatThrownBy(() -> small.predict("doubling", new float[1][1_000]))
          .hasMessageContaining("expected at most 1000 bytes")
          .hasMessageContaining("maxMessageBytes");
    }
  }

  @Test
  void refusesASequenceOutsideAStream() {
    PredictionRequest request = PredictionRequest.of("doubling", Tensors.of(new float[][] {{1}})).withSequence("s");
    assertThatThrownBy(() -> client.predict(request)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tracesEveryLayer() {
    assertThat(client.trace(PredictionRequest.of("doubling", Tensors.of(new float[][] {{1}}))))
        .extracting(TraceResponse::getLayer)
        .containsExactly("first", "second", "third");
  }

  @Test
  void watchesModelsUntilClosed() {
    try (ModelWatch watch = client.models().watch()) {
      assertThat(watch.next().getChanged().getName()).isEqualTo("doubling");
      assertThat(watch.next().getSnapshotDone()).isTrue();
      watch.close();
      assertThat(watch.hasNext()).isFalse();
    }
  }

  @Test
  void throwsWhatModelManagementDoesNotOffer() {
    assertThatThrownBy(() -> client.models().unload("doubling"))
        .isInstanceOfSatisfying(PosthornException.class, e -> assertThat(e.code()).isEqualTo(Code.UNIMPLEMENTED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:", ":8500", "localhost:port", "localhost:99999", "::1:8500", "https://localhost:8500"})
  void refusesAnAddressThatIsNone(String address) {
    assertThatThrownBy(() -> PosthornClient.connect(address))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected HOST:PORT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:8500", "[::1]:8500", "10.0.0.1:1"})
  void acceptsAnAddress(String address) {
    PosthornClient.connect(address).close();
  }
}
