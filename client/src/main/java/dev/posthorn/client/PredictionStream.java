package dev.posthorn.client;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import dev.posthorn.v1.Tensor;
import io.grpc.Deadline;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Batches of features in, predictions out, in order and for as long as both sides like.
 *
 * <p>{@link #send} blocks while the window is full, that is while too many messages (or bytes) have been sent whose answers have
 * not been taken: neither side ever collects more. So answers must be taken while messages are sent: by another thread
 * ({@link #receive}, or a loop over the stream), by a callback, or by {@link #pipe}, which does both in one thread:
 *
 * <pre>{@code
 * try (PredictionStream stream = client.stream("iris")) {
 *   stream.pipe(batches.map(rows -> PredictionRequest.of(Tensors.of(rows))).iterator())
 *       .forEachRemaining(answer -> use(answer.prediction().rows()));
 * }
 * }</pre>
 *
 * <p>A message that fails is an {@link Answer} with an error; the stream goes on. Where the stream itself ends early,
 * {@code send} and {@code receive} throw a {@link PosthornException}, the latter after the last answer that came.
 *
 * <p>If the server goes away, the stream connects again and sends what was not answered, each message being answered once; not
 * if the model has state, or {@link StreamOptions#reconnectFor} has passed.
 *
 * <p>All methods may be called from any thread; the messages of one thread go out in its order.
 */
public final class PredictionStream implements AutoCloseable, Iterable<Answer> {

  /** How long a sender waits, when every answer is there and nobody has ever taken one, before it says so. */
  private static final long NOBODY_RECEIVES = Duration.ofSeconds(30).toNanos();

  /** A connection that lasted this long was a good one: its loss is a new one. */
  private static final long LASTING = Duration.ofSeconds(10).toNanos();

  private record Sent(long index, PredictStreamRequest message, int bytes) {}

  private record Arrived(Answer answer, int bytes) {}

  private final Transport transport;
  private final StreamOptions options;
  private final @Nullable Consumer<Answer> callback;
  private final @Nullable Deadline deadline;
  private final Calls calls = new Calls();

  // One lock for all that follows. It is never held while a callback runs or a thread waits for the network.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();
  private final ArrayDeque<Arrived> arrived = new ArrayDeque<>();
  private final Set<String> models = new LinkedHashSet<>();
  private StreamConnection connection;
  private boolean reconnecting;
  private boolean answersPaused;
  private long lostAt;
  private boolean lost;
  private long nextIndex;
  private int windowMessages;
  private long windowBytes;
  private long arrivedBytes;
  private boolean usesSequences;
  private boolean finished;
  private boolean ended;
  private @Nullable PosthornException failure;
  private @Nullable Thread receiver;

  private PredictionStream(Transport transport, StreamOptions options, @Nullable Consumer<Answer> callback) {
    this.transport = transport;
    this.options = options;
    this.callback = callback;
    Duration limit = options.deadline();
    deadline = limit == null ? null : Deadline.after(limit.toNanos(), NANOSECONDS);
    connection = new StreamConnection(calls, 0, transport.nanos());
  }

  static PredictionStream open(Transport transport, StreamOptions options, @Nullable Consumer<Answer> callback) {
    PredictionStream stream = new PredictionStream(transport, options, callback);
    transport.opened(stream);
    stream.lock.lock();
    try {
      stream.connection.open(transport.inference(stream.deadline));
    } finally {
      stream.lock.unlock();
    }
    return stream;
  }

  /** Sends rows of features to a model with one input; see {@link #send(PredictionRequest)}. */
  public long send(float[][] rows) {
    return send(PredictionRequest.of(Tensors.of(rows)));
  }

  /** Sends a batch; see {@link #send(PredictionRequest)}. */
  public long send(Tensor... inputs) {
    return send(PredictionRequest.of(inputs));
  }

  /**
   * Sends a batch and returns its index, which its answer will carry: 0, 1, 2, ... Blocks while the window is full.
   *
   * @throws PosthornException if the stream has ended, the batch is too large for a message, or the thread is interrupted
   * @throws IllegalStateException after {@link #finish}; or if it would wait for ever, because this same thread takes the answers
   */
  public long send(PredictionRequest request) {
    PredictStreamRequest message = options.complete(request).toStream();
    int bytes = message.getSerializedSize();
    transport.checkSize(bytes);
    lock.lock();
    try {
      awaitRoom(bytes);
      return write(request.usesSequence(), message, bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Sends a batch if the window has room for it at once; says whether it did. */
  public boolean trySend(PredictionRequest request) {
    PredictStreamRequest message = options.complete(request).toStream();
    int bytes = message.getSerializedSize();
    transport.checkSize(bytes);
    lock.lock();
    try {
      checkOpen();
      if (!hasRoom(bytes)) {
        return false;
      }
      write(request.usesSequence(), message, bytes);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Says that nothing more will be sent. What was sent is still answered. May be called twice. */
  public void finish() {
    lock.lock();
    try {
      if (!finished && !ended) {
        finished = true;
        if (!reconnecting) {
          connection.finish();
        }
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next answer; waits for it. Empty once everything is answered after {@link #finish}.
   *
   * @throws PosthornException if the stream has ended otherwise, or the thread is interrupted
   * @throws IllegalStateException if the answers go to a callback
   */
  public Optional<Answer> receive() {
    if (callback != null) {
      throw new IllegalStateException("the answers of this stream go to its callback");
    }
    lock.lock();
    try {
      receiver = Thread.currentThread();
      while (arrived.isEmpty() && !ended) {
        await(Long.MAX_VALUE);
      }
      Arrived next = arrived.poll();
      if (next != null) {
        arrivedBytes -= next.bytes();
        release(next.bytes());
        if (answersPaused && arrivedBytes < options.windowBytes() && !reconnecting && !ended) {
          answersPaused = false;
          connection.requestAnswer();
        }
        return Optional.of(next.answer());
      }
      throwFailure();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** The answers that {@link #receive} gives, one after another. */
  @Override
  public Iterator<Answer> iterator() {
    return new AnswerIterator(this::receive);
  }

  /**
   * Sends everything from the source and gives the answers, in one thread: the window is kept full, and the stream is finished
   * at the end of the source.
   */
  public Iterator<Answer> pipe(Iterator<PredictionRequest> source) {
    return new AnswerIterator(new Pipe(this, source)::next);
  }

  /**
   * Finishes, and waits until everything is answered and the callback has seen it.
   *
   * @throws PosthornException if the stream has ended otherwise, or the thread is interrupted
   * @throws IllegalStateException if there is no callback
   */
  public void awaitEnd() {
    if (callback == null) {
      throw new IllegalStateException("this stream has no callback: take its answers with receive()");
    }
    finish();
    lock.lock();
    try {
      while (!ended) {
        await(Long.MAX_VALUE);
      }
      throwFailure();
    } finally {
      lock.unlock();
    }
  }

  /** Messages sent whose answers have not been taken. */
  public int underWay() {
    lock.lock();
    try {
      return windowMessages;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the stream at once: what is not answered is abandoned. */
  public void cancel() {
    abandon("cancelled by the caller", null);
  }

  /** Ends the stream; cancels it if it is not at its end. */
  @Override
  public void close() {
    abandon("closed by the caller", null);
  }

  private void abandon(String why, @Nullable Throwable cause) {
    lock.lock();
    try {
      if (!ended) {
        StreamConnection last = connection;
        end(new PosthornException("CANCELLED", Code.CANCELLED, "the stream was " + why, Map.of(), null, cause));
        last.cancel(why, cause);
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitRoom(int bytes) {
    long waitingSince = transport.nanos();
    while (true) {
      checkOpen();
      if (hasRoom(bytes)) {
        return;
      }
      boolean allArrived = callback == null && unanswered.isEmpty();
      if (allArrived
          && (receiver == Thread.currentThread()
              || (receiver == null && transport.nanos() - waitingSince >= NOBODY_RECEIVES))) {
        throw new IllegalStateException(
            "the window is full of " + windowMessages + " answers that nobody takes: receive in another thread, "
                + "give the stream a callback, or use pipe()");
      }
      await(receiver == null ? NOBODY_RECEIVES : Long.MAX_VALUE);
    }
  }

  private boolean hasRoom(int bytes) {
    return windowMessages == 0
        || (windowMessages < options.windowMessages() && windowBytes + bytes <= options.windowBytes());
  }

  private void checkOpen() {
    throwFailure();
    if (finished || ended) {
      throw new IllegalStateException("the stream is finished: nothing can be sent");
    }
  }

  private void throwFailure() {
    PosthornException cause = failure;
    if (cause != null) {
      throw new PosthornException(
          cause.reason(), cause.code(), String.valueOf(cause.getMessage()), cause.metadata(), cause.retryAfter().orElse(null), cause);
    }
  }

  private long write(boolean usesSequence, PredictStreamRequest message, int bytes) {
    Sent sent = new Sent(nextIndex++, message, bytes);
    unanswered.add(sent);
    windowMessages++;
    windowBytes += bytes;
    usesSequences |= usesSequence;
    models.add(message.getModel());
    if (!reconnecting) {
      connection.send(message);
    }
    return sent.index();
  }

  private void release(int bytes) {
    windowMessages--;
    windowBytes -= bytes;
    changed.signalAll();
  }

  private void end(@Nullable PosthornException why) {
    ended = true;
    failure = why;
    unanswered.clear();
    transport.ended(this);
    changed.signalAll();
  }

  @SuppressWarnings("WaitNotInLoop") // its callers loop
  private void await(long nanos) {
    try {
      if (nanos == Long.MAX_VALUE) {
        changed.await();
      } else {
        changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PosthornException("CANCELLED", Code.CANCELLED, "interrupted while waiting", Map.of(), null, e);
    }
  }

  /** What gRPC tells us; its threads end here. */
  private final class Calls implements StreamConnection.Owner {

    @Override
    public void answered(StreamConnection from, PredictStreamResponse response) {
      Arrived next;
      lock.lock();
      try {
        if (from != connection || ended) {
          return;
        }
        Sent sent = unanswered.poll();
        if (sent == null || from.indexOf(response) != sent.index()) {
          String expected = sent == null ? "no answer" : "the answer to message " + sent.index();
          end(PosthornException.of(
              "INTERNAL", Code.INTERNAL, "expected " + expected + ", got that to message " + from.indexOf(response)));
          from.cancel("wrong answer", null);
          return;
        }
        next = arrived(from, sent, response);
        lost = false;
        windowBytes += next.bytes() - sent.bytes();
        if (callback == null) {
          arrived.add(next);
          arrivedBytes += next.bytes();
          answersPaused = arrivedBytes >= options.windowBytes();
          if (!answersPaused) {
            from.requestAnswer();
          }
          changed.signalAll();
          return;
        }
      } finally {
        lock.unlock();
      }
      deliver(callback, from, next);
    }

    private Arrived arrived(StreamConnection from, Sent sent, PredictStreamResponse response) {
      String requestId = sent.message().getRequestId();
      Answer answer =
          response.hasError()
              ? new Answer(sent.index(), requestId, null, PosthornException.of(response.getError()))
              : new Answer(sent.index(), requestId, from.read(response), null);
      return new Arrived(answer, response.getSerializedSize());
    }

    private void deliver(Consumer<Answer> to, StreamConnection from, Arrived next) {
      try {
        to.accept(next.answer());
      } catch (RuntimeException | Error e) {
        abandon("ended by an exception of its callback", e);
        return;
      }
      lock.lock();
      try {
        release(next.bytes());
        if (!ended) {
          from.requestAnswer();
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void ended(StreamConnection from, @Nullable PosthornException error) {
      lock.lock();
      try {
        if (from != connection || ended || reconnecting) {
          return;
        }
        if (finished && unanswered.isEmpty()) {
          end(null);
          return;
        }
        PosthornException why =
            error != null
                ? error
                : PosthornException.of(
                    "UNAVAILABLE",
                    Code.UNAVAILABLE,
                    "the server ended the stream with " + unanswered.size() + " messages unanswered");
        if (!mayReconnect(from, why)) {
          end(why);
          return;
        }
        reconnecting = true;
        Set<String> asked = models.isEmpty() ? Set.of(options.model()) : Set.copyOf(models);
        new Reconnection(transport, asked, giveUpAt(), this::reconnect, () -> giveUp(why)).start();
      } finally {
        lock.unlock();
      }
    }

    private boolean mayReconnect(StreamConnection from, PosthornException why) {
      if (!from.reached() || !why.serverGone() || usesSequences || options.reconnectFor().isZero()) {
        return false;
      }
      long now = transport.nanos();
      if (!lost || now - from.openedAt() >= LASTING) {
        lostAt = now;
        lost = true;
      }
      return true;
    }

    private long giveUpAt() {
      long left = lostAt + options.reconnectFor().toNanos() - transport.nanos();
      long leftOfAll = deadline == null ? left : deadline.timeRemaining(NANOSECONDS);
      return transport.nanos() + Math.min(left, leftOfAll);
    }

    private void reconnect() {
      lock.lock();
      try {
        if (ended) {
          return;
        }
        Sent first = unanswered.peek();
        connection = new StreamConnection(this, first == null ? nextIndex : first.index(), transport.nanos());
        reconnecting = false;
        answersPaused = false;
        connection.open(transport.inference(deadline));
        for (Sent sent : List.copyOf(unanswered)) {
          connection.send(sent.message());
        }
        if (finished) {
          connection.finish();
        }
      } finally {
        lock.unlock();
      }
    }

    private void giveUp(PosthornException why) {
      lock.lock();
      try {
        if (!ended) {
          end(why);
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
