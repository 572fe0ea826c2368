package dev.posthorn.server.core;

import dev.posthorn.server.repository.ModelVersion;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Someone whose requests have states: a stream. The states end with their owner. Thread-safe.
 *
 * <p>A state belongs to a model version and an id. Requests that leave the version to the policy stay on the version
 * that their sequence began with for a while after a newer one went live.
 */
public final class SequenceOwner implements AutoCloseable {
  static final Duration AFTER_SWAP = Duration.ofMinutes(5);

  private final Limits limits;
  private final AtomicInteger inAll;
  private final Consumer<SequenceOwner> whenClosed;
  private final List<SequenceSlot> slots = new ArrayList<>();
  private boolean closed;

  SequenceOwner(Limits limits, AtomicInteger inAll, Consumer<SequenceOwner> whenClosed) {
    this.limits = limits;
    this.inAll = inAll;
    this.whenClosed = whenClosed;
  }

  /** How many sequences have a state now. */
  public synchronized int sequences() {
    return slots.size();
  }

  /** The version that this owner's sequence of that id stays on although another is the default now. */
  synchronized Optional<ModelVersion> pinned(ModelVersion current, String id, Instant now) {
    if (now.isAfter(current.status().since().plus(AFTER_SWAP))) {
      return Optional.empty();
    }
    return slots.stream()
        .filter(slot -> slot.id().equals(id) && slot.isLive() && slot.version().name().equals(current.name()))
        .map(SequenceSlot::version)
        .filter(version -> version != current)
        .findFirst();
  }

  /**
   * The sequence, made if it is not there, joined for one run; it takes a lease of its own.
   *
   * @throws InferenceException TOO_LARGE or QUEUE_FULL if there are too many
   */
  synchronized SequenceSlot slot(ModelVersion version, String id) {
    for (SequenceSlot slot : slots) {
      if (slot.version() == version && slot.id().equals(id) && slot.join()) {
        return slot;
      }
    }
    if (closed) {
      throw new InferenceException(Reason.CANCELLED, "the stream has ended");
    }
    Limits.check("sequences-per-stream", limits.sequencesPerStream(), slots.size() + 1L, "sequences of this stream");
    if (inAll.incrementAndGet() > limits.sequences()) {
      inAll.decrementAndGet();
      throw new InferenceException(
          Reason.QUEUE_FULL,
          Map.of("limit", "sequences", "expected", "at most " + limits.sequences()),
          "the server keeps the state of " + limits.sequences()
              + " sequences already (try again, or raise it with --limit sequences=VALUE)");
    }
    if (!version.acquire()) {
      inAll.decrementAndGet();
      throw new InferenceException(
          Reason.MODEL_NOT_READY, Map.of("model", version.name()), version + " is being unloaded");
    }
    SequenceSlot slot = new SequenceSlot(this, version, id);
    slot.join();
    slots.add(slot);
    return slot;
  }

  synchronized void remove(SequenceSlot slot) {
    if (slots.remove(slot)) {
      inAll.decrementAndGet();
      slot.version().release();
    }
  }

  /** Drops the sequences whose version fits; those that are computed at the moment, afterwards. */
  void drop(Predicate<ModelVersion> versions) {
    List<SequenceSlot> dropped;
    synchronized (this) {
      dropped = slots.stream().filter(slot -> versions.test(slot.version())).toList();
    }
    dropped.forEach(SequenceSlot::end);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    drop(version -> true);
    whenClosed.accept(this);
  }
}
