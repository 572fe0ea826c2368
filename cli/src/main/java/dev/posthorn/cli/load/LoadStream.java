package dev.posthorn.cli.load;

import dev.posthorn.client.Answer;
import dev.posthorn.client.PosthornClient;
import dev.posthorn.client.PosthornException;
import dev.posthorn.client.PredictionStream;
import dev.posthorn.client.StreamOptions;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a load. Its thread sends: in a closed loop whenever fewer than {@code inFlight} messages are unanswered,
 * in an open loop when a message is due, be the answers late or not; a message that is held up by missing answers counts
 * from when it was due.
 */
final class LoadStream implements Runnable {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long SPIN_NANOS = 50_000;

  private final LoadPlan plan;
  private final int number;
  private final LoadClock clock;
  private final LoadCounts counts;
  private final FirstAnswers answers;
  private final PredictionStream stream;
  private final Semaphore room;
  private final AtomicLongArray due;
  private final AtomicLongArray sentAt;
  private final AtomicLong answered = new AtomicLong();
  private long sent;
  private volatile @Nullable PosthornException failure;

  LoadStream(
      LoadPlan plan, int number, LoadClock clock, LoadCounts counts, FirstAnswers answers, PosthornClient client) {
    this.plan = plan;
    this.number = number;
    this.clock = clock;
    this.counts = counts;
    this.answers = answers;
    this.room = new Semaphore(plan.inFlight());
    this.due = new AtomicLongArray(plan.inFlight() + 1);
    this.sentAt = new AtomicLongArray(plan.inFlight() + 1);
    StreamOptions options =
        StreamOptions.of(plan.model()).withWindow(plan.inFlight() + 1, Long.MAX_VALUE / 2).withReconnectFor(Duration.ZERO);
    this.stream = client.stream(options, this::answered);
  }

  @Override
  public void run() {
    try {
      Double rate = plan.rate();
      if (rate == null) {
        sendAsAnswersCome();
      } else {
        sendAtRate(rate);
      }
      stream.finish();
    } catch (PosthornException e) {
      failure = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sendAsAnswersCome() throws InterruptedException {
    while (acquireUntilEnd()) {
      long now = System.nanoTime();
      if (now - clock.end() >= 0) {
        return;
      }
      send(now);
    }
  }

  private void sendAtRate(double rate) throws InterruptedException {
    double interval = plan.streams() * NANOS_PER_SECOND / rate;
    double first = number * NANOS_PER_SECOND / rate;
    for (long n = 0; ; n++) {
      long when = clock.start() + (long) (first + n * interval);
      if (when - clock.end() >= 0) {
        return;
      }
      waitUntil(when);
      if (!acquireUntilEnd()) {
        leaveUnsent(n, first, interval);
        return;
      }
      send(when);
    }
  }

  private void leaveUnsent(long from, double first, double interval) {
    long now = System.nanoTime();
    for (long n = from; ; n++) {
      long when = clock.start() + (long) (first + n * interval);
      if (when - clock.end() >= 0) {
        return;
      }
      if (clock.counts(when)) {
        counts.unsent(now - when);
      }
    }
  }

  private boolean acquireUntilEnd() throws InterruptedException {
    return room.tryAcquire(Math.max(0, clock.end() - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private static void waitUntil(long when) {
    long left = when - System.nanoTime();
    while (left > 0) {
      if (left > SPIN_NANOS) {
        LockSupport.parkNanos(left - SPIN_NANOS);
      } else {
        Thread.onSpinWait();
      }
      left = when - System.nanoTime();
    }
  }

  private void send(long when) {
    long now = System.nanoTime();
    due.set(slot(sent), when);
    sentAt.set(slot(sent), now);
    if (clock.counts(now)) {
      counts.sent();
    }
    int request = (int) (sent % plan.requests().size());
    sent++;
    stream.send(plan.requests().get(request));
  }

  private int slot(long index) {
    return (int) (index % due.length());
  }

  private void answered(Answer answer) {
    long now = System.nanoTime();
    long when = due.get(slot(answer.index()));
    boolean counted = clock.counts(sentAt.get(slot(answer.index())));
    answered.incrementAndGet();
    if (answer.failed()) {
      if (counted) {
        counts.failed(answer.error().orElseThrow());
      }
    } else {
      if (counted) {
        counts.ok(now - when);
      }
      int request = (int) (answer.index() % plan.requests().size());
      if (plan.checked() && !answers.agrees(request, answer.prediction())) {
        counts.wrong();
      }
    }
    room.release();
  }

  /** Waits for the last answers, at most until {@code deadline}; what is then unanswered is cancelled. Its thread has ended. */
  void drain(long deadline) throws InterruptedException {
    while (failure == null && answered.get() < sent && System.nanoTime() - deadline < 0 && stream.underWay() > 0) {
      Thread.sleep(1);
    }
    long missing = sent - answered.get();
    if (missing > 0) {
      counts.cancelled(missing);
    }
    if (failure == null && missing > 0) {
      failure = endOfStream();
    }
    PosthornException why = failure;
    if (why != null) {
      counts.failed(why);
    }
    stream.close();
  }

  private @Nullable PosthornException endOfStream() {
    try {
      boolean unused = stream.trySend(plan.requests().get(0));
      return null;
    } catch (PosthornException e) {
      return e;
    } catch (IllegalStateException e) {
      return null;
    }
  }
}
