package dev.posthorn.server.grpc;

import dev.posthorn.server.core.Answer;
import dev.posthorn.server.core.CallCancellation;
import dev.posthorn.server.core.InferenceCore;
import dev.posthorn.server.core.ModelRef;
import dev.posthorn.server.core.PredictCall;
import dev.posthorn.server.core.SequenceOwner;
import dev.posthorn.server.core.SequenceUse;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One PredictStream. A message is asked for only when the window has room, and an answer written only when the transport
 * is ready; answers leave in the order of their messages, whichever is computed first.
 *
 * <p>A message that finds its model's queue full while the stream has others in it waits until one of those is done: the
 * stream slows down instead of failing. Only a stream that has nothing else under way is told QUEUE_FULL.
 *
 * <p>Messages and readiness come on the transport's thread, answers on whatever thread computed them: one lock guards
 * everything. It is held while a cheap batch is computed in place, which nobody else waits for.
 */
final class PredictStreamCall extends ServerCall.Listener<SentPredict> implements OpenStreams.Stream {
  private final ServerCall<SentPredict, OutgoingMessage> call;
  private final InferenceCore core;
  private final OpenStreams streams;
  private final SequenceOwner owner;
  private final StreamWindow window;
  private final Deque<Slot> slots = new ArrayDeque<>();
  private final Deque<Slot> held = new ArrayDeque<>();
  private String model = "";
  private long version;
  private String label = "";
  private long index;
  private String announcedModel = "";
  private long announcedVersion;
  private int running;
  private boolean releasing;
  private boolean asked;
  private boolean pumping;
  private boolean readNoMore;
  private boolean closed;
  private @Nullable InferenceException end;

  PredictStreamCall(ServerCall<SentPredict, OutgoingMessage> call, InferenceCore core, OpenStreams streams) {
    this.call = call;
    this.core = core;
    this.streams = streams;
    this.owner = core.newOwner();
    this.window = new StreamWindow(core.limits().windowMessages(), core.limits().windowBytes());
  }

  void start() {
    InboundBudget.whenRefused(this::refuse);
    synchronized (this) {
      call.sendHeaders(new Metadata());
      pump();
    }
    streams.opened(this);
  }

  /** A message that came in, and its answer once it is there. */
  private final class Slot implements PredictCall.Receiver {
    private final SentPredict request;
    private final long number;
    private final CallCancellation cancellation;
    private @Nullable ModelRef ref;
    private @Nullable Answer answer;
    private @Nullable InferenceException failure;
    private long answerBytes;
    private boolean submitting;

    Slot(SentPredict request, long number) {
      this.request = request;
      this.number = number;
      this.cancellation = request.cancellation(Long.MAX_VALUE);
    }

    boolean isDone() {
      return answer != null || failure != null;
    }

    @Override
    public void answered(Answer predictions) {
      synchronized (PredictStreamCall.this) {
        answer = predictions;
        done(predictions.outputs().stream().mapToLong(o -> (long) o.tensor().size() * o.tensor().dtype().bytes()).sum());
      }
    }

    @Override
    public void failed(InferenceException why) {
      synchronized (PredictStreamCall.this) {
        if (submitting && why.reason() == Reason.QUEUE_FULL && running > 1) {
          running--;
          held.addFirst(this);
          return;
        }
        failure = why;
        done(0);
      }
    }

    private void done(long bytes) {
      running--;
      answerBytes = bytes;
      window.answered(request.bytes, bytes);
      releaseHeld();
      pump();
    }
  }

  @Override
  public void onMessage(SentPredict request) {
    synchronized (this) {
      asked = false;
      if (closed || end != null) {
        return;
      }
      if (request.undecodable != null) {
        readNoMore = true;
        end = request.undecodable;
      } else {
        accept(request);
      }
      pump();
    }
  }

  private void accept(SentPredict request) {
    Slot slot = new Slot(request, index++);
    slots.addLast(slot);
    window.received(request.bytes);
    try {
      slot.ref = model(request);
      request.check(core.limits());
    } catch (InferenceException e) {
      running++;
      slot.failed(e);
      return;
    }
    if (held.isEmpty()) {
      submit(slot);
    } else {
      held.addLast(slot);
    }
  }

  private void submit(Slot slot) {
    SentPredict request = slot.request;
    SequenceUse sequence = new SequenceUse(owner, request.sequenceId, request.resetState, request.endSequence);
    running++;
    slot.submitting = true;
    core.predict(
        new PredictCall(
            Objects.requireNonNull(slot.ref), request.tensors(), request.names, slot.cancellation, sequence, slot));
    slot.submitting = false;
  }

  /** Tries those again that found the queue full, in order, up to the first that finds it full again. */
  private void releaseHeld() {
    if (releasing) {
      return;
    }
    releasing = true;
    while (!held.isEmpty() && !closed) {
      Slot first = held.removeFirst();
      submit(first);
      if (held.peekFirst() == first) {
        break;
      }
    }
    releasing = false;
  }

  /** The fields 1 to 3 that hold for this message; those of a message that names a model hold from then on. */
  private ModelRef model(SentPredict request) {
    if (request.model.isEmpty()) {
      if (request.version != 0 || !request.label.isEmpty()) {
        throw new InferenceException(
            Reason.INVALID_ARGUMENT, "expected the model that the version or label belongs to, got none");
      }
      if (model.isEmpty()) {
        throw new InferenceException(
            Reason.INVALID_ARGUMENT, "expected the name of a model in the first message, got none");
      }
    } else {
      model = request.model;
      version = request.version;
      label = request.label;
    }
    return new ModelRef(model, version, label);
  }

  @Override
  public void onReady() {
    synchronized (this) {
      pump();
    }
  }

  @Override
  public void onHalfClose() {
    synchronized (this) {
      readNoMore = true;
      pump();
    }
  }

  /** Writes what may be written, asks for what there is room for, and ends the call when all is said. */
  private void pump() {
    if (pumping || closed) {
      return;
    }
    pumping = true;
    try {
      while (!slots.isEmpty() && slots.getFirst().isDone() && call.isReady()) {
        write(slots.removeFirst());
      }
      if (readNoMore && slots.isEmpty()) {
        close(end == null ? Status.OK : ErrorInterceptor.status(end));
        return;
      }
    } catch (RuntimeException e) {
      close(ErrorInterceptor.status(e));
      return;
    } finally {
      pumping = false;
    }
    if (!asked && !readNoMore && window.hasRoom()) {
      asked = true;
      call.request(1);
    }
  }

  private void write(Slot slot) {
    Answer answer = slot.answer;
    InferenceException failure = slot.failure;
    if (answer != null) {
      boolean announce = answer.version() != announcedVersion || !answer.model().equals(announcedModel);
      announcedModel = answer.model();
      announcedVersion = answer.version();
      call.sendMessage(Responses.streamed(slot.request, answer, slot.number, announce));
    } else if (failure != null) {
      call.sendMessage(Responses.failed(slot.request.echoedId(core.limits()), failure, slot.number));
    }
    window.written(slot.answerBytes);
  }

  private void close(Status status) {
    if (!closed) {
      closed = true;
      slots.forEach(slot -> slot.cancellation.cancel());
      call.close(status, new Metadata());
      finish();
    }
  }

  /** The message that is arriving is over a limit: ends the stream after what came before, or at once if it goes on. */
  private void refuse(InferenceException reason) {
    synchronized (this) {
      boolean again = reason.reason() == (end == null ? null : end.reason());
      readNoMore = true;
      end = reason;
      pump();
      if (again) {
        close(ErrorInterceptor.status(reason));
      }
    }
  }

  @Override
  public void drain(InferenceException reason) {
    synchronized (this) {
      if (!readNoMore) {
        readNoMore = true;
        end = reason;
      }
      pump();
    }
  }

  @Override
  public void onCancel() {
    synchronized (this) {
      closed = true;
      slots.forEach(slot -> slot.cancellation.cancel());
      finish();
    }
  }

  @Override
  public void onComplete() {
    finish();
  }

  private void finish() {
    owner.close();
    streams.closed(this);
  }

  @Override
  public long bufferedBytes() {
    synchronized (this) {
      return window.bytes();
    }
  }

  @Override
  public long peakBytes() {
    synchronized (this) {
      return window.peak();
    }
  }
}
