package dev.posthorn.server.repository;

import dev.posthorn.engine.Model;
import dev.posthorn.server.batching.Batcher;
import dev.posthorn.spi.InferenceException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One version of a model. While it is READY or UNLOADING those who hold a lease may use its model; the memory is
 * returned when the last lease ends. Thread-safe.
 */
public final class ModelVersion {
  private final String name;
  private final long number;
  private final Origin origin;
  private final AtomicLong leases = new AtomicLong();
  private final Runnable whenUnused;
  private volatile Status status;
  private volatile @Nullable LoadedModel loaded;

  /** State, what went wrong if it is UNAVAILABLE, and since when. */
  public record Status(VersionState state, Optional<InferenceException> error, Instant since) {}

  ModelVersion(String name, long number, Origin origin, Instant now, Runnable whenUnused) {
    this.name = name;
    this.number = number;
    this.origin = origin;
    this.whenUnused = whenUnused;
    this.status = new Status(VersionState.LOADING, Optional.empty(), now);
  }

  public String name() {
    return name;
  }

  public long number() {
    return number;
  }

  public Origin origin() {
    return origin;
  }

  public Status status() {
    return status;
  }

  public boolean isReady() {
    return status.state() == VersionState.READY;
  }

  /** The model, also for those without a lease: for what it says of itself. */
  public Optional<Model> description() {
    LoadedModel current = loaded;
    return current == null ? Optional.empty() : Optional.of(current.model());
  }

  /** The model. Only with a lease. */
  public Model model() {
    return current().model();
  }

  /** What the model's requests go through. Only with a lease. */
  public Batcher batcher() {
    return current().batcher();
  }

  private LoadedModel current() {
    LoadedModel current = loaded;
    if (current == null) {
      throw new IllegalStateException(this + " is used without a lease");
    }
    return current;
  }

  /** Takes a lease, to be ended by {@link #release}; false if the version is not loaded, or is being closed. */
  public boolean acquire() {
    long count;
    do {
      count = leases.get();
      if (count <= 0) {
        return false;
      }
    } while (!leases.compareAndSet(count, count + 1));
    return true;
  }

  public void release() {
    if (leases.decrementAndGet() == 0) {
      LoadedModel last = loaded;
      loaded = null;
      if (last != null) {
        last.model().close();
      }
      whenUnused.run();
    }
  }

  void ready(LoadedModel model, Instant now) {
    loaded = model;
    leases.set(1);
    status = new Status(VersionState.READY, Optional.empty(), now);
  }

  void failed(InferenceException error, Instant now) {
    status = new Status(VersionState.UNAVAILABLE, Optional.of(error), now);
  }

  /** No new requests: ends the repository's own lease. */
  void retire(Instant now) {
    synchronized (this) {
      if (!isReady()) {
        return;
      }
      status = new Status(VersionState.UNLOADING, Optional.empty(), now);
    }
    release();
  }

  @Override
  public String toString() {
    return "model '" + name + "' version " + number;
  }
}
