package dev.posthorn.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.posthorn.v1.PredictStreamRequest;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PredictionStreamTest {

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
  void answersEveryBatchInOrder() {
    try (PredictionStream stream = client.stream("doubling")) {
      Thread sender = inBackground(() -> {
        for (int i = 0; i < 500; i++) {
          assertThat(stream.send(row(i))).isEqualTo(i);
        }
        stream.finish();
      });
      int expected = 0;
      for (Answer answer : stream) {
        assertThat(answer.index()).isEqualTo(expected);
        assertThat(answer.prediction().rows()[0][0]).isEqualTo(2f * expected);
        assertThat(answer.prediction().version()).isEqualTo(7);
        expected++;
      }
      assertThat(expected).isEqualTo(500);
      assertThat(stream.underWay()).isZero();
      assertThat(sender).satisfies(PredictionStreamTest::joins);
    }
  }

  @Test
  void pipesFarMoreThanItsWindowThroughOneThread() {
    try (PredictionStream stream = client.stream(StreamOptions.of("doubling").withWindow(4, 1 << 20))) {
      List<Float> firsts = new ArrayList<>();
      stream.pipe(requests(300)).forEachRemaining(answer -> firsts.add(answer.prediction().rows()[0][0]));
      assertThat(firsts).isEqualTo(IntStream.range(0, 300).mapToObj(i -> 2f * i).toList());
    }
    assertThat(server.mostUnanswered.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void givesAnswersToACallbackInOrder() {
    List<Long> indices = new CopyOnWriteArrayList<>();
    try (PredictionStream stream = client.stream(StreamOptions.of("doubling"), answer -> indices.add(answer.index()))) {
      for (int i = 0; i < 200; i++) {
        stream.send(row(i));
      }
      stream.awaitEnd();
    }
    assertThat(indices).isEqualTo(LongStream.range(0, 200).boxed().toList());
  }

  @Test
  void blocksTheSenderWhileTheWindowIsFullOfMessages() {
    server.holdAnswers();
    try (PredictionStream stream = client.stream(StreamOptions.of("doubling").withWindow(3, 1 << 20))) {
      AtomicInteger sent = new AtomicInteger();
      Thread sender = inBackground(() -> {
        for (int i = 0; i < 10; i++) {
          stream.send(row(i));
          sent.incrementAndGet();
        }
        stream.finish();
      });
      await().until(() -> server.received.get() == 3);
      assertStays(3, sent);
      assertThat(stream.trySend(PredictionRequest.of(Tensors.of(row(1))))).isFalse();

      server.permits.release(2);
      await().until(() -> server.answered.get() == 2);
      assertStays(3, sent); // an answer that nobody has taken still fills the window
      stream.receive();
      await().until(() -> sent.get() == 4);

      server.permits.release(1_000);
      int answers = 1;
      while (stream.receive().isPresent()) {
        answers++;
      }
      assertThat(answers).isEqualTo(10);
      assertThat(sender).satisfies(PredictionStreamTest::joins);
      assertThat(server.mostUnanswered.get()).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void blocksTheSenderWhileTheWindowIsFullOfBytesButAdmitsOneMessageAlways() {
    server.holdAnswers();
    float[][] large = {new float[1_000]};
    try (PredictionStream stream = client.stream(StreamOptions.of("doubling").withWindow(16, 10_000))) {
      AtomicInteger sent = new AtomicInteger();
      inBackground(() -> {
        for (int i = 0; i < 4; i++) {
          stream.send(large);
          sent.incrementAndGet();
        }
      });
      await().until(() -> server.received.get() == 2);
      assertStays(2, sent); // 2 x 4 kB fit into 10 kB, three do not
      assertThat(server.receivedBytes.get()).isLessThan(10_000);
    }
    try (PredictionStream stream = client.stream(StreamOptions.of("doubling").withWindow(16, 1))) {
      server.permits.release(1_000);
      stream.send(large);
      assertThat(stream.receive()).isPresent();
    }
  }

  @Test
  void saysSoInsteadOfWaitingForEverWhenTheSenderIsTheReceiver() {
    try (PredictionStream stream = client.stream(StreamOptions.of("doubling").withWindow(2, 1 << 20))) {
      stream.send(row(0));
      stream.receive();
      stream.send(row(1));
      stream.send(row(2));
      assertThatThrownBy(() -> stream.send(row(3)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("pipe()");
      assertThat(stream.receive().orElseThrow().index()).isEqualTo(1);
    }
  }

  @Test
  void aMessageThatFailsIsAnAnswerAndTheStreamGoesOn() {
    try (PredictionStream stream = client.stream("doubling")) {
      stream.send(row(1));
      stream.send(PredictionRequest.of(Tensors.of(new float[][] {{Float.NaN}})).withRequestId("bad"));
      stream.send(row(3));
      stream.finish();
      Iterator<Answer> answers = stream.iterator();
      assertThat(answers.next().failed()).isFalse();

      Answer bad = answers.next();
      assertThat(bad.failed()).isTrue();
      assertThat(bad.requestId()).isEqualTo("bad");
      PosthornException error = bad.error().orElseThrow();
      assertThat(error.reason()).isEqualTo("INVALID_INPUT_SHAPE");
      assertThat(error.code()).isEqualTo(Code.INVALID_ARGUMENT);
      assertThat(error).hasMessage("Dense 'd': expected 2 features, got NaN");
      assertThat(error.metadata()).containsEntry("layer", "d");
      assertThat(error.retryAfter()).contains(Duration.ofMillis(30));
      assertThatThrownBy(bad::prediction).isSameAs(error);

      assertThat(answers.next().prediction().rows()[0][0]).isEqualTo(6f);
      assertThat(answers.hasNext()).isFalse();
    }
  }

  @Test
  void sendsSequencesAndOptionsAsTheyAre() {
    try (PredictionStream stream = client.stream(StreamOptions.of("doubling").withVersion(7))) {
      stream.send(PredictionRequest.of(Tensors.of(row(1))).withSequence("a").withResetState());
      stream.send(PredictionRequest.of(Tensors.of(row(2))).withSequence("a").withEndSequence().withTimeout(Duration.ofMillis(5)));
      stream.finish();
      assertThat(stream).hasSize(2);
    }
    PredictStreamRequest first = server.messages.get(0);
    assertThat(first.getModel()).isEqualTo("doubling");
    assertThat(first.getVersion()).isEqualTo(7);
    assertThat(first.getSequenceId()).isEqualTo("a");
    assertThat(first.getResetState()).isTrue();
    PredictStreamRequest second = server.messages.get(1);
    assertThat(second.getEndSequence()).isTrue();
    assertThat(second.getTimeoutMicros()).isEqualTo(5_000);
  }

  @Test
  void endsWithTheDeadlineAfterGivingTheAnswersThatCame() {
    server.holdAnswers();
    server.permits.release();
    try (PredictionStream stream = client.stream(StreamOptions.of("doubling").withDeadline(Duration.ofMillis(500)))) {
      stream.send(row(0));
      stream.send(row(1));
      assertThat(stream.receive().orElseThrow().index()).isZero();
      assertThatThrownBy(stream::receive)
          .isInstanceOfSatisfying(PosthornException.class, e -> assertThat(e.reason()).isEqualTo("DEADLINE_EXCEEDED"));
      assertThatThrownBy(() -> stream.send(row(2))).isInstanceOf(PosthornException.class);
    }
  }

  @Test
  void cancelsWhatIsUnderWayWhenClosed() throws Exception {
    server.holdAnswers();
    PredictionStream stream = client.stream("doubling");
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread receiver = inBackground(() -> {
      try {
        stream.receive();
      } catch (PosthornException e) {
        seen.set(e);
      }
    });
    stream.send(row(0));
    await().until(() -> server.received.get() == 1);
    stream.close();
    receiver.join(5_000);
    assertThat(seen.get()).isInstanceOfSatisfying(PosthornException.class, e -> assertThat(e.reason()).isEqualTo("CANCELLED"));
    await().until(() -> !server.cancelled.isEmpty());
  }

  @Test
  void endsWithTheExceptionOfItsCallback() {
    PredictionStream stream = client.stream(StreamOptions.of("doubling"), answer -> {
      throw new IllegalArgumentException("no use for it");
    });
    stream.send(row(0));
    assertThatThrownBy(stream::awaitEnd).isInstanceOf(PosthornException.class).hasRootCauseMessage("no use for it");
  }

  @Test
  void sendsAgainWhatAServerGoingDownDidNotAnswer() {
    server.goneAfter = 50;
    try (PredictionStream stream = client.stream("doubling")) {
      List<Long> indices = new ArrayList<>();
      List<Float> firsts = new ArrayList<>();
      stream.pipe(requests(120)).forEachRemaining(answer -> {
        indices.add(answer.index());
        firsts.add(answer.prediction().rows()[0][0]);
      });
      assertThat(indices).isEqualTo(LongStream.range(0, 120).boxed().toList());
      assertThat(firsts).isEqualTo(IntStream.range(0, 120).mapToObj(i -> 2f * i).toList());
    }
    assertThat(server.streams.get()).isEqualTo(2);
  }

  @Test
  void waitsForAServerThatComesBack() throws Exception {
    server.holdAnswers();
    server.permits.release();
    List<Long> indices = new CopyOnWriteArrayList<>();
    try (PredictionStream stream = client.stream(StreamOptions.of("doubling"), answer -> indices.add(answer.index()))) {
      stream.send(row(0));
      stream.send(row(1));
      stream.send(row(2));
      await().until(() -> indices.size() == 1 && server.received.get() == 3);
      server.stop();
      stream.send(row(3));
      stream.finish();
      Thread.sleep(300);
      server.permits.release(1_000);
      server.startAgain();
      stream.awaitEnd();
    }
    assertThat(indices).containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void neverSendsAgainToAStatefulModel() {
    server.goneAfter = 1;
    server.stateful = true;
    try (PredictionStream stream = client.stream("doubling")) {
      stream.send(row(0));
      stream.send(row(1));
      assertThat(stream.receive()).isPresent();
      assertThatThrownBy(stream::receive)
          .isInstanceOfSatisfying(PosthornException.class, e -> assertThat(e.reason()).isEqualTo("SHUTTING_DOWN"));
    }
    assertThat(server.streams.get()).isEqualTo(1);
  }

  @Test
  void givesUpOnAServerThatStaysAway() throws Exception {
    try (PredictionStream stream = client.stream(StreamOptions.of("doubling").withReconnectFor(Duration.ofMillis(400)))) {
      stream.send(row(0));
      assertThat(stream.receive()).isPresent();
      server.stop();
      assertThatThrownBy(stream::receive)
          .isInstanceOfSatisfying(PosthornException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
    }
  }

  @Test
  void endsWhenItsClientIsClosedWhileItWaitsForAServer() throws Exception {
    try (PredictionStream stream = client.stream("doubling")) {
      stream.send(row(0));
      assertThat(stream.receive()).isPresent();
      server.stop();
      client.close();
      assertThatThrownBy(stream::receive)
          .isInstanceOfSatisfying(PosthornException.class, e -> assertThat(e.reason()).isEqualTo("CANCELLED"));
    }
  }

  private static float[][] row(float first) {
    return new float[][] {{first, 1}};
  }

  private static Iterator<PredictionRequest> requests(int count) {
    return IntStream.range(0, count).mapToObj(i -> PredictionRequest.of(Tensors.of(row(i)))).iterator();
  }

  private static Thread inBackground(Runnable task) {
    Thread thread = new Thread(task, "test");
    thread.setUncaughtExceptionHandler((t, e) -> {}); // a closed stream ends its senders by an exception
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void joins(Thread thread) throws InterruptedException {
    thread.join(5_000);
    assertThat(thread.isAlive()).isFalse();
  }

  private static void assertStays(int expected, AtomicInteger counter) {
    await().until(() -> counter.get() == expected);
    await().during(Duration.ofMillis(150)).until(() -> counter.get() == expected);
  }
}
