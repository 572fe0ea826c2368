package dev.posthorn.server;

import dev.posthorn.engine.Engine;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.server.batching.ArrayPool;
import dev.posthorn.server.batching.WorkerPool;
import dev.posthorn.server.core.InferenceCore;
import dev.posthorn.server.grpc.HealthReporter;
import dev.posthorn.server.grpc.OpenStreams;
import dev.posthorn.server.repository.ModelLoader;
import dev.posthorn.server.repository.ModelRepository;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.grpc.Server;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A running server. Start one with {@link #start}; {@link #drain} lets go of it gently, {@link #close} at once. */
public final class PosthornServer implements AutoCloseable {
  private static final Duration SPIN = Duration.ofNanos(20_000);
  private static final Duration LAST_MOMENT = Duration.ofSeconds(1);

  private final ServerConfig config;
  private final Engine engine;
  private final ModelRepository repository;
  private final WorkerPool workers;
  private final InferenceCore core;
  private final OpenStreams streams = new OpenStreams();
  private final HealthReporter health;
  private final Endpoints endpoints;
  private final List<Server> servers;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("posthorn-timer").factory());

  private PosthornServer(ServerConfig config, Engine engine, InstantSource clock, Transport transport)
      throws IOException {
    this.config = config;
    this.engine = engine;
    ArrayPool arrays = new ArrayPool();
    workers = new WorkerPool(config.threads(), SPIN);
    repository = new ModelRepository(workers, arrays, clock, config.memory());
    core = new InferenceCore(repository, config.limits(), arrays, clock);
    health = new HealthReporter(repository);
    repository.addListener(health);
    ModelLoader loader =
        new ModelLoader(
            engine,
            repository,
            config.batching(),
            ReadOptions.defaults().withBudget(config.budget()),
            config.readyWhenWarm());
    endpoints = new Endpoints(config, core, repository, loader, streams, health);
    try {
      loadAll(loader);
      servers = endpoints.start(transport);
    } catch (Throwable t) {
      release();
      throw t;
    }
    health.serving(endpoints.services());
    timer.scheduleWithFixedDelay(core::sweep, 1, 1, TimeUnit.SECONDS);
  }

  /**
   * Loads the models and listens. The server closes the engine when it ends.
   *
   * @throws InferenceException if a named model cannot be loaded, or an address cannot be had (INVALID_ARGUMENT)
   */
  public static PosthornServer start(ServerConfig config) {
    return start(config, engine(config), InstantSource.system(), Transport.NETTY);
  }

  /** As {@link #start(ServerConfig)}, with an engine and a clock of the caller's. */
  public static PosthornServer start(ServerConfig config, Engine engine, InstantSource clock) {
    return start(config, engine, clock, Transport.NETTY);
  }

  static PosthornServer start(ServerConfig config, Engine engine, InstantSource clock, Transport transport) {
    try {
      return new PosthornServer(config, engine, clock, transport);
    } catch (IOException e) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          Map.of(),
          "cannot listen on " + config.host() + ":" + config.port() + ": " + e.getMessage(),
          e);
    }
  }

  /** The engine that a configuration asks for. */
  public static Engine engine(ServerConfig config) {
    Engine.Builder builder =
        Engine.builder()
            .kernels(config.kernels())
            .threads(config.threads())
            .layouts(config.layouts())
            .budget(config.budget());
    config.plugins().ifPresent(builder::plugins);
    return builder.build();
  }

  private void loadAll(ModelLoader loader) {
    if (config.readyWhenWarm()) {
      engine.warmUpKernels();
    }
    config.models().forEach(loader::loadNamed);
    config.folders().forEach(loader::loadFolder);
  }

  /** The port that it listens on. */
  public int port() {
    return servers.getFirst().getPort();
  }

  /** The port that management listens on: the same, unless it has its own. */
  public int adminPort() {
    return servers.getLast().getPort();
  }

  public ServerConfig config() {
    return config;
  }

  public Engine engine() {
    return engine;
  }

  /** The models that it knows. */
  public ModelRepository repository() {
    return repository;
  }

  /** The streams that are open, and what is buffered for each. */
  public List<OpenStreams.Stream> streams() {
    return streams.open();
  }

  /**
   * Goes down: unhealthy at once, then for the drain delay as before; then no new calls, answers to what has come in,
   * and the end of every stream. Returns when all is done, or the grace is over.
   */
  public void drain() throws InterruptedException {
    long end = System.nanoTime() + config.grace().toNanos();
    health.goingDown();
    Thread.sleep(Math.min(config.drainDelay().toMillis(), config.grace().toMillis()));
    servers.forEach(Server::shutdown);
    streams.drain();
    endpoints.calls().awaitNone(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    close();
  }

  /** Waits until the server has ended. */
  public void awaitTermination() throws InterruptedException {
    for (Server server : servers) {
      server.awaitTermination();
    }
  }

  /** Ends everything now; calls that are open are cancelled. */
  @Override
  public void close() {
    servers.forEach(Server::shutdownNow);
    try {
      for (Server server : servers) {
        server.awaitTermination(LAST_MOMENT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    release();
  }

  private void release() {
    timer.shutdownNow();
    repository.close();
    workers.close();
    engine.close();
  }
}
