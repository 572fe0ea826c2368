package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Calls;
import dev.posthorn.spi.Composite;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * keras.layers.Bidirectional: a recurrent layer and one that runs backwards over the same input; their outputs are
 * merged (concat, sum, mul, ave) or both given, then the states of both. Initial states are halved between them.
 */
final class Bidirectional implements Composite {
  private final SubLayer forward;
  private final SubLayer backward;
  private final @Nullable String mergeMode;
  private final boolean returnSequences;

  Bidirectional(LayerSpec spec) {
    Config config = spec.config();
    Object layer = config.value("layer");
    if (!(layer instanceof Map<?, ?> object)
        || !(object.get("class_name") instanceof String className)
        || !(object.get("config") instanceof Map<?, ?> inner)) {
      throw spec.error("config 'layer': expected a layer");
    }
    String registered = object.get("registered_name") instanceof String name && !name.isEmpty() ? name : className;
    returnSequences = Boolean.TRUE.equals(inner.get("return_sequences"));
    boolean backwards = Boolean.TRUE.equals(inner.get("go_backwards"));
    forward = spec.sub("forward_layer", registered, directed(inner, "forward_", backwards));
    Object other = config.value("backward_layer");
    if (other instanceof Map<?, ?> second
        && second.get("class_name") instanceof String secondClass
        && second.get("config") instanceof Map<?, ?> secondConfig) {
      boolean secondBackwards = Boolean.TRUE.equals(secondConfig.get("go_backwards"));
      if (secondBackwards == backwards) {
        throw spec.error("expected layer and backward_layer to run in different directions");
      }
      String name = second.get("registered_name") instanceof String n && !n.isEmpty() ? n : secondClass;
      backward = spec.sub("backward_layer", name, directed(secondConfig, "", secondBackwards));
    } else {
      backward = spec.sub("backward_layer", registered, directed(inner, "backward_", !backwards));
    }
    mergeMode =
        config.keys().contains("merge_mode") && !config.has("merge_mode")
            ? null
            : config.string("merge_mode", "concat");
  }

  /** Keras gives zero for masked steps wherever sequences are returned. */
  private Map<String, ?> directed(Map<?, ?> config, String prefix, boolean backwards) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    config.forEach((key, value) -> copy.put(String.valueOf(key), value));
    copy.put("go_backwards", backwards);
    copy.put("zero_output_for_mask", returnSequences);
    String name = String.valueOf(copy.getOrDefault("name", "layer"));
    copy.put("name", name.startsWith(prefix) ? name : prefix + name);
    return copy;
  }

  @Override
  public List<Value> call(Calls calls, List<Value> inputs) {
    calls.arguments().ignore("training", "mask", "initial_state");
    int half = (inputs.size() - 1) / 2;
    List<Value> ahead = run(calls, forward, inputs, 1, 1 + half);
    List<Value> back = run(calls, backward, inputs, 1 + half, inputs.size());
    List<Value> results = new ArrayList<>();
    if (mergeMode != null) {
      results.addAll(merge(calls, List.of(ahead.get(0), back.get(0)), mergeMode));
    } else {
      results.add(ahead.get(0));
      results.addAll(merge(calls, List.of(back.get(0)), "none"));
    }
    results.addAll(ahead.subList(1, ahead.size()));
    results.addAll(back.subList(1, back.size()));
    return results;
  }

  private static List<Value> run(Calls calls, SubLayer layer, List<Value> inputs, int from, int to) {
    List<Value> states = inputs.subList(from, to);
    Map<String, ?> keywords = states.isEmpty() ? Map.of() : Map.of("initial_state", List.copyOf(states));
    return calls.call(layer, List.of(inputs.get(0)), keywords);
  }

  private List<Value> merge(Calls calls, List<Value> values, String mode) {
    return calls.operation(
        MergeDirections.MODULE,
        MergeDirections.NAME,
        values,
        Map.of(MergeDirections.MODE, mode, MergeDirections.FLIP, returnSequences));
  }
}
