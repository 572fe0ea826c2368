package dev.posthorn.server.grpc;

import dev.posthorn.server.repository.ModelEntry;
import dev.posthorn.server.repository.ModelRepository;
import dev.posthorn.server.repository.RepositoryListener;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.v1.WatchModelsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One WatchModels: a message for each model, then one for each change. Only the names of changed models are kept, so a
 * reader that falls behind gets the newest state of each. Its lock guards everything.
 */
final class WatchCall implements OpenStreams.Stream, RepositoryListener {
  private final ModelRepository repository;
  private final OpenStreams streams;
  private final String only;
  private final ServerCallStreamObserver<WatchModelsResponse> observer;
  private final Set<String> changed = new LinkedHashSet<>();
  private final Set<String> told = new HashSet<>();
  private boolean snapshotDone;
  private boolean closed;
  private @Nullable InferenceException end;

  /** A watch of one model; empty: of all. */
  WatchCall(
      ModelRepository repository,
      OpenStreams streams,
      String only,
      ServerCallStreamObserver<WatchModelsResponse> observer) {
    this.repository = repository;
    this.streams = streams;
    this.only = only;
    this.observer = observer;
  }

  void start() {
    observer.setOnReadyHandler(this::pump);
    observer.setOnCancelHandler(this::finish);
    synchronized (this) {
      repository.addListener(this);
      repository.entries().stream().map(ModelEntry::name).filter(this::isWatched).forEach(changed::add);
    }
    streams.opened(this);
    pump();
  }

  private boolean isWatched(String model) {
    return only.isEmpty() || only.equals(model);
  }

  @Override
  public void changed(String model) {
    if (isWatched(model)) {
      synchronized (this) {
        changed.add(model);
      }
      pump();
    }
  }

  private synchronized void pump() {
    while (!closed && observer.isReady() && !changed.isEmpty()) {
      Iterator<String> oldest = changed.iterator();
      String model = oldest.next();
      oldest.remove();
      tell(model);
    }
    if (!closed && !snapshotDone && changed.isEmpty() && observer.isReady()) {
      snapshotDone = true;
      observer.onNext(WatchModelsResponse.newBuilder().setSnapshotDone(true).build());
    }
    if (!closed && end != null) {
      closed = true;
      observer.onError(ErrorInterceptor.status(end).asRuntimeException());
      finish();
    }
  }

  private void tell(String model) {
    Optional<ModelEntry> entry = repository.find(model);
    if (entry.isPresent()) {
      told.add(model);
      observer.onNext(
          WatchModelsResponse.newBuilder().setChanged(ModelMessages.model(entry.get(), false)).build());
    } else if (told.remove(model)) {
      observer.onNext(WatchModelsResponse.newBuilder().setRemoved(model).build());
    }
  }

  @Override
  public void drain(InferenceException reason) {
    synchronized (this) {
      end = reason;
    }
    pump();
  }

  private void finish() {
    synchronized (this) {
      closed = true;
    }
    repository.removeListener(this);
    streams.closed(this);
  }
}
