package dev.posthorn.server;

import dev.posthorn.engine.Budget;
import dev.posthorn.server.batching.BatchPolicy;
import dev.posthorn.server.core.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a server is set up: the options of {@code posthorn serve}.
 *
 * @param host address to listen on
 * @param port 0: any free one
 * @param models files by name; each must be loaded, or the server does not start
 * @param folders of models
 * @param plugins folder of plug-ins
 * @param kernels auto, vector512, vector256, vector128 or ejml
 * @param memory bytes that all models together may take
 * @param threads for computations
 * @param readyWhenWarm whether a version is READY only once it is warm
 * @param drainDelay between being unhealthy and going down
 * @param grace within which going down ends
 * @param admin whether ModelService may change anything
 * @param adminHost where management listens, if not on {@code host}
 * @param adminPort where management listens, if not on {@code port}
 * @param insecure whether management may be open to other machines without authentication
 * @param limits for callers
 * @param budget for model files
 * @param batching for models that say nothing else
 * @param layouts shapes for which a plan keeps buffers
 */
public record ServerConfig(
    String host,
    int port,
    Map<String, Path> models,
    List<Path> folders,
    Optional<Path> plugins,
    String kernels,
    long memory,
    int threads,
    boolean readyWhenWarm,
    Duration drainDelay,
    Duration grace,
    boolean admin,
    Optional<String> adminHost,
    Optional<Integer> adminPort,
    boolean insecure,
    Limits limits,
    Budget budget,
    BatchPolicy batching,
    int layouts) {
  public ServerConfig {
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    folders = List.copyOf(folders);
  }

  public static ServerConfigBuilder builder() {
    return new ServerConfigBuilder();
  }
}
