package dev.posthorn.server.core;

import dev.posthorn.engine.Sequence;
import dev.posthorn.server.repository.ModelVersion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One sequence: its state, and the requests that wait for their turn. Thread-safe. */
final class SequenceSlot {
  private final SequenceOwner owner;
  private final ModelVersion version;
  private final String id;
  private final Deque<Turn> waiting = new ArrayDeque<>();
  private @Nullable Sequence state;
  private int pending;
  private boolean busy;
  private boolean ended;
  private boolean draining;

  private record Turn(boolean reset, Consumer<Sequence> work) {}

  SequenceSlot(SequenceOwner owner, ModelVersion version, String id) {
    this.owner = owner;
    this.version = version;
    this.id = id;
  }

  ModelVersion version() {
    return version;
  }

  String id() {
    return id;
  }

  /** Whether new requests may join it. */
  synchronized boolean isLive() {
    return !ended;
  }

  /** Announces one {@link #run}; false if the sequence has ended. */
  synchronized boolean join() {
    if (ended) {
      return false;
    }
    pending++;
    return true;
  }

  /**
   * Does the work when all requests before it are done: it gets the state to go on with, a fresh one after a reset or at
   * the beginning, and must call {@link #succeeded} or {@link #failed} once.
   */
  void run(boolean reset, Consumer<Sequence> work) {
    synchronized (this) {
      waiting.addLast(new Turn(reset, work));
    }
    drain();
  }

  /** Starts what may start. A loop instead of a recursion where work ends on the thread that began it. */
  private void drain() {
    while (true) {
      Turn turn;
      Sequence from;
      synchronized (this) {
        if (busy || draining || waiting.isEmpty()) {
          return;
        }
        turn = waiting.removeFirst();
        from = turn.reset() || state == null ? version.model().newSequence() : state;
        busy = true;
        draining = true;
      }
      try {
        turn.work().accept(from);
      } finally {
        synchronized (this) {
          draining = false;
        }
      }
    }
  }

  /** The request went well: that is the state now; with {@code end} it is dropped. */
  void succeeded(Sequence next, boolean end) {
    synchronized (this) {
      state = end ? null : next;
      busy = false;
    }
    finish();
  }

  /** The request failed: the state is what it was. */
  void failed() {
    synchronized (this) {
      busy = false;
    }
    finish();
  }

  private void finish() {
    boolean unused;
    synchronized (this) {
      pending--;
      unused = pending == 0 && (ended || state == null);
      ended |= unused;
    }
    if (unused) {
      owner.remove(this);
    } else {
      drain();
    }
  }

  /** Ends the sequence; requests that wait already are still computed. */
  void end() {
    boolean idle;
    synchronized (this) {
      ended = true;
      idle = pending == 0;
    }
    if (idle) {
      owner.remove(this);
    }
  }
}
