package dev.posthorn.engine.keras;

import dev.posthorn.engine.StoredArray;
import java.util.List;

/**
 * A layer of a model that is spelled out.
 *
 * @param name empty: as Keras would name it
 * @param className empty: Dense; {@code MyPackage>GatedUnit} for a registered one
 * @param activation empty: what the config says
 * @param configJson the rest of Keras' config; empty: nothing
 * @param inputs names of layers or inputs; empty: the one before
 * @param weights in the order of get_weights(): kernel, bias
 */
public record SpelledLayer(
    String name,
    String className,
    String activation,
    String configJson,
    List<String> inputs,
    List<? extends StoredArray> weights) {
  public SpelledLayer {
    inputs = List.copyOf(inputs);
    weights = List.copyOf(weights);
  }
}
