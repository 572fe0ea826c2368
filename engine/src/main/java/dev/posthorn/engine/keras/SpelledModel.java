package dev.posthorn.engine.keras;

import dev.posthorn.engine.Example;
import dev.posthorn.engine.StoredArray;
import java.util.List;
import java.util.Optional;

/**
 * A model as data, as a program sends it: either Keras' own JSON with the arrays of get_weights(), or layers spelled out
 * one by one.
 *
 * @param kerasConfigJson model.to_json()
 * @param weights with kerasConfigJson: in the order of get_weights()
 * @param layers instead of kerasConfigJson and weights
 * @param inputs with layers: may be left out where the weights tell
 * @param outputs with layers: names of layers; empty: the last one
 * @param example replayed before the model goes live
 * @param kerasVersion where the meaning of a layer changed between versions; empty: the newest
 */
public record SpelledModel(
    String kerasConfigJson,
    List<? extends StoredArray> weights,
    List<SpelledLayer> layers,
    List<SpelledInput> inputs,
    List<String> outputs,
    Optional<Example> example,
    String kerasVersion) {
  public SpelledModel {
    weights = List.copyOf(weights);
    layers = List.copyOf(layers);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** These layers, each after the one before. */
  public static SpelledModel of(List<SpelledLayer> layers) {
    return new SpelledModel("", List.of(), layers, List.of(), List.of(), Optional.empty(), "");
  }

  /** Keras' own JSON with its weights. */
  public static SpelledModel of(String kerasConfigJson, List<? extends StoredArray> weights) {
    return new SpelledModel(kerasConfigJson, weights, List.of(), List.of(), List.of(), Optional.empty(), "");
  }

  public SpelledModel withKerasVersion(String version) {
    return new SpelledModel(kerasConfigJson, weights, layers, inputs, outputs, example, version);
  }

  public SpelledModel withInputs(List<SpelledInput> others) {
    return new SpelledModel(kerasConfigJson, weights, layers, others, outputs, example, kerasVersion);
  }

  public SpelledModel withOutputs(List<String> others) {
    return new SpelledModel(kerasConfigJson, weights, layers, inputs, others, example, kerasVersion);
  }
}
