package dev.posthorn.server.repository;

import dev.posthorn.engine.Model;
import dev.posthorn.server.batching.ArrayPool;
import dev.posthorn.server.batching.Batcher;
import dev.posthorn.server.batching.WorkerPool;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The closed registry of models. Readers see whole entries, swapped atomically; a version that is taken out goes on for
 * those who hold a lease. Thread-safe; listeners are told after each change, on the thread that made it.
 */
public final class ModelRepository implements AutoCloseable {
  private final ConcurrentSkipListMap<String, ModelEntry> entries = new ConcurrentSkipListMap<>();
  private final ReentrantLock changes = new ReentrantLock();
  private final List<RepositoryListener> listeners = new CopyOnWriteArrayList<>();
  private final WorkerPool workers;
  private final ArrayPool arrays;
  private final InstantSource clock;
  private final long memoryBudget;

  /** A registry whose models may together use that many bytes. */
  public ModelRepository(WorkerPool workers, ArrayPool arrays, InstantSource clock, long memoryBudget) {
    this.workers = workers;
    this.arrays = arrays;
    this.clock = clock;
    this.memoryBudget = memoryBudget;
  }

  public void addListener(RepositoryListener listener) {
    listeners.add(listener);
  }

  public void removeListener(RepositoryListener listener) {
    listeners.remove(listener);
  }

  /** All entries by name. */
  public List<ModelEntry> entries() {
    return List.copyOf(entries.values());
  }

  /** Entries whose name comes after that one. */
  public Iterable<ModelEntry> entriesAfter(String name) {
    return entries.tailMap(name, false).values();
  }

  public Optional<ModelEntry> find(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  /**
   * The entry of that name.
   *
   * @throws InferenceException MODEL_NOT_FOUND
   */
  public ModelEntry entry(String name) {
    ModelEntry entry = entries.get(name);
    if (entry == null) {
      throw new InferenceException(
          Reason.MODEL_NOT_FOUND, Map.of("model", name), "there is no model '" + name + "'");
    }
    return entry;
  }

  /**
   * The version that a request means, with a lease that the caller must release.
   *
   * @param number 0: not given
   * @param label empty: not given
   * @throws InferenceException MODEL_NOT_FOUND, VERSION_NOT_FOUND, MODEL_NOT_READY
   */
  public ModelVersion acquire(String name, long number, String label) {
    while (true) {
      ModelVersion version = Resolution.of(entry(name), number, label);
      if (version.acquire()) {
        return version;
      }
    }
  }

  /** Makes a name known with its policy and labels; versions follow. */
  public void register(String name, VersionPolicy policy, Map<String, Long> labels) {
    ModelNames.check(name);
    changes.lock();
    try {
      if (entries.putIfAbsent(name, ModelEntry.empty(name, policy, labels)) != null) {
        throw new InferenceException(
            Reason.INVALID_ARGUMENT, Map.of("model", name), "two models are named '" + name + "'");
      }
    } finally {
      changes.unlock();
    }
  }

  /**
   * Loads a version and returns once it is READY. If it fails, a version that a client sent leaves everything as it was;
   * one of the repository is UNAVAILABLE and says why.
   *
   * @throws InferenceException VERSION_EXISTS, OUT_OF_MEMORY_BUDGET, or what the loader throws
   */
  public ModelVersion load(VersionRequest request) {
    ModelNames.check(request.name());
    List<ModelVersion> before = new ArrayList<>();
    ModelVersion version = begin(request, before);
    changed(request.name());
    try {
      Model model = request.loader().get();
      checkMemory(model);
      version.ready(new LoadedModel(model, new Batcher(model, request.batching(), workers, arrays)), clock.instant());
    } catch (Throwable t) {
      abandon(version, before.isEmpty() ? null : before.get(0), t);
      changed(request.name());
      throw t;
    }
    change(request.name(), entry -> entry.withLabels(request.labels(), version.number()));
    applyPolicy(request.name());
    changed(request.name());
    return version;
  }

  private ModelVersion begin(VersionRequest request, List<ModelVersion> before) {
    changes.lock();
    try {
      ModelEntry entry = entries.get(request.name());
      if (entry == null) {
        entry = ModelEntry.empty(request.name(), new VersionPolicy.All(), Map.of());
      }
      long next = entry.versions().isEmpty() ? 1 : entry.versions().lastKey() + 1;
      long number = request.number() == 0 ? next : request.number();
      ModelVersion there = entry.versions().get(number);
      if (there != null) {
        if (there.status().state() != VersionState.UNAVAILABLE) {
          throw new InferenceException(
              Reason.VERSION_EXISTS,
              Map.of("model", request.name(), "version", Long.toString(number)),
              there + " exists already and is " + there.status().state());
        }
        before.add(there);
      }
      ModelVersion[] self = new ModelVersion[1];
      ModelVersion version =
          new ModelVersion(
              request.name(), number, request.origin(), clock.instant(), () -> unused(self[0]));
      self[0] = version;
      entries.put(request.name(), entry.with(version));
      return version;
    } finally {
      changes.unlock();
    }
  }

  private void abandon(ModelVersion version, @Nullable ModelVersion before, Throwable cause) {
    if (version.origin() == Origin.SENT) {
      remove(version, before);
    } else {
      InferenceException error =
          cause instanceof InferenceException known
              ? known
              : new InferenceException(Reason.INTERNAL, Map.of(), "loading failed: " + cause, cause);
      version.failed(error, clock.instant());
    }
  }

  private void checkMemory(Model model) {
    long used = model.memoryBytes();
    for (ModelEntry entry : entries.values()) {
      for (ModelVersion version : entry.versions().values()) {
        used += version.description().map(Model::memoryBytes).orElse(0L);
      }
    }
    if (used > memoryBudget) {
      long bytes = model.memoryBytes();
      model.close();
      throw new InferenceException(
          Reason.OUT_OF_MEMORY_BUDGET,
          Map.of("expected", "at most " + memoryBudget, "actual", Long.toString(used)),
          "the model takes " + bytes + " bytes, which makes " + used + " for all models: over the budget of "
              + memoryBudget + " (raise it with --memory BYTES)");
    }
  }

  private void applyPolicy(String name) {
    for (ModelVersion version : surplus(name)) {
      version.retire(clock.instant());
    }
  }

  private List<ModelVersion> surplus(String name) {
    ModelEntry entry = entries.get(name);
    if (entry == null) {
      return List.of();
    }
    SortedSet<Long> served = entry.policy().serve(entry.ready());
    return entry.versions().values().stream()
        .filter(version -> version.isReady() && !served.contains(version.number()))
        .toList();
  }

  /**
   * Takes a version, or with number 0 all of them, out of service; requests in flight finish.
   *
   * @throws InferenceException MODEL_NOT_FOUND, VERSION_NOT_FOUND, MODEL_NOT_READY if it is still loading
   */
  public void unload(String name, long number) {
    List<ModelVersion> leaving = Resolution.forUnload(entry(name), number);
    for (ModelVersion version : leaving) {
      if (version.origin() == Origin.SENT) {
        remove(version, null);
      }
      version.retire(clock.instant());
      listeners.forEach(listener -> listener.unloaded(version));
    }
    changed(name);
  }

  private void unused(ModelVersion version) {
    if (version.origin() == Origin.SENT) {
      remove(version, null);
    } else {
      version.failed(
          new InferenceException(
              Reason.MODEL_NOT_READY, Map.of("model", version.name()), version + " is unloaded"),
          clock.instant());
    }
    changed(version.name());
  }

  private void remove(ModelVersion version, @Nullable ModelVersion before) {
    changes.lock();
    try {
      ModelEntry entry = entries.get(version.name());
      if (entry == null) {
        return;
      }
      ModelEntry left = before == null ? entry.without(version) : entry.with(before);
      if (left.versions().isEmpty()) {
        entries.remove(version.name());
      } else {
        entries.put(version.name(), left);
      }
    } finally {
      changes.unlock();
    }
  }

  private void change(String name, UnaryOperator<ModelEntry> change) {
    changes.lock();
    try {
      entries.computeIfPresent(name, (key, entry) -> change.apply(entry));
    } finally {
      changes.unlock();
    }
  }

  private void changed(String name) {
    listeners.forEach(listener -> listener.changed(name));
  }

  /** Takes everything out of service, in silence. */
  @Override
  public void close() {
    listeners.clear();
    new TreeMap<>(entries).values().forEach(entry -> entry.versions().values().forEach(version -> version.retire(clock.instant())));
  }
}
