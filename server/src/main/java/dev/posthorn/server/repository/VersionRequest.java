package dev.posthorn.server.repository;

import dev.posthorn.server.batching.BatchPolicy;
import dev.posthorn.engine.Model;
import java.util.List;
import java.util.function.Supplier;

/**
 * A version to be loaded.
 *
 * @param number 0: the one after the highest
 * @param labels that point to it once it is READY
 * @param loader reads and builds the model; throws an InferenceException if it cannot
 */
public record VersionRequest(
    String name, long number, Origin origin, List<String> labels, BatchPolicy batching, Supplier<Model> loader) {
  public VersionRequest {
    labels = List.copyOf(labels);
  }
}
