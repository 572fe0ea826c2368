package dev.posthorn.server.grpc;

import dev.posthorn.server.core.Limits;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of messages that have arrived in part. The transport collects them whatever anyone asks for, so a
 * message over its limit is refused while it arrives, and when all together are over the server's budget, the stream
 * whose message is the newest is. Thread-safe.
 */
public final class InboundBudget extends ServerStreamTracer.Factory {
  private static final Context.Key<Arrival> CURRENT = Context.key("posthorn-arrival");

  private final int messageLimit;
  private final long budget;
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong order = new AtomicLong();
  private final Set<Arrival> partial = ConcurrentHashMap.newKeySet();

  public InboundBudget(Limits limits) {
    this.messageLimit = limits.messageBytes();
    this.budget = limits.inboundBytes();
  }

  /** Bytes of all partly received messages. */
  public long bytes() {
    return bytes.get();
  }

  /**
   * Has the current call told when its message is refused, on the transport's thread; a second time, if it goes on
   * regardless.
   */
  static void whenRefused(Consumer<InferenceException> action) {
    Arrival arrival = CURRENT.get();
    if (arrival != null) {
      arrival.refuse = action;
    }
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    return new Arrival();
  }

  private void refuseNewest() {
    partial.stream()
        .max(Comparator.comparingLong(arrival -> arrival.began))
        .ifPresent(
            newest ->
                newest.refuse(
                    new InferenceException(
                        Reason.TOO_LARGE,
                        Map.of("limit", "inbound", "expected", "at most " + budget),
                        "the server has more than " + budget
                            + " bytes of partly received messages (try again, or raise it with --limit inbound=VALUE)")));
  }

  /** The message that one stream is receiving. Its counters belong to the transport's thread. */
  private final class Arrival extends ServerStreamTracer {
    private long received;
    private volatile long began;
    private boolean refused;
    private volatile @Nullable Consumer<InferenceException> refuse;

    @Override
    public Context filterContext(Context context) {
      return context.withValue(CURRENT, this);
    }

    @Override
    public void inboundWireSize(long count) {
      if (received == 0) {
        began = order.incrementAndGet();
        partial.add(this);
      }
      received += count;
      long all = bytes.addAndGet(count);
      if (received > messageLimit && !refused || received > 2L * messageLimit) {
        refused = true;
        refuse(Limits.tooLarge("message", messageLimit, received, "bytes of a message"));
      } else if (all > budget) {
        refuseNewest();
      }
    }

    @Override
    public void inboundMessageRead(int sequenceNumber, long wireSize, long uncompressedSize) {
      forget();
    }

    @Override
    public void streamClosed(Status status) {
      forget();
    }

    private void forget() {
      if (received > 0) {
        bytes.addAndGet(-received);
        received = 0;
        partial.remove(this);
      }
    }

    private void refuse(InferenceException failure) {
      Consumer<InferenceException> action = refuse;
      if (action != null) {
        action.accept(failure);
      }
    }
  }
}
