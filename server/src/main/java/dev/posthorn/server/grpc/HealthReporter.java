package dev.posthorn.server.grpc;

import dev.posthorn.server.repository.ModelEntry;
import dev.posthorn.server.repository.ModelRepository;
import dev.posthorn.server.repository.RepositoryListener;
import io.grpc.BindableService;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.util.Collection;
import java.util.Optional;

/** grpc.health.v1 for the server, its services, and each model as {@code model/NAME}. Thread-safe. */
public final class HealthReporter implements RepositoryListener {
  private final HealthStatusManager health = new HealthStatusManager();
  private final ModelRepository repository;

  public HealthReporter(ModelRepository repository) {
    this.repository = repository;
  }

  public BindableService service() {
    return health.getHealthService();
  }

  /** The server serves, and so do these services. */
  public void serving(Collection<String> services) {
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
    services.forEach(service -> health.setStatus(service, ServingStatus.SERVING));
    repository.entries().forEach(entry -> changed(entry.name()));
  }

  @Override
  public void changed(String model) {
    Optional<ModelEntry> entry = repository.find(model);
    if (entry.isEmpty()) {
      health.clearStatus("model/" + model);
    } else {
      boolean ready = entry.get().defaultVersion().isPresent();
      health.setStatus("model/" + model, ready ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }
  }

  /** Nothing serves any more, and never will again. */
  public void goingDown() {
    health.enterTerminalState();
  }
}
