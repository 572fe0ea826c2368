package dev.posthorn.engine.layers.models;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One call of a layer in a functional model, as the file writes it.
 *
 * @param layer the layer's index in the config
 * @param call which call of that layer it is, from 0
 * @param positional arguments, in which tensors stand as {@link TensorRef}s
 * @param keywords the same by name
 * @param sources all tensors of the arguments
 */
record InboundNode(
    int layer, int call, List<@Nullable Object> positional, Map<String, @Nullable Object> keywords,
    List<TensorRef> sources) {

  /** Reads a node of Keras 3, {@code {"args": [...], "kwargs": {...}}}, or of Keras 2; null if it is neither. */
  static @Nullable InboundNode of(int layer, int call, @Nullable Object node, Set<String> layerNames) {
    if (node instanceof Map<?, ?> map && map.get("args") instanceof List<?> args) {
      Reading reading = new Reading(value -> TensorRef.ofKerasTensor(value).orElse(null));
      List<@Nullable Object> positional = reading.list(args);
      return new InboundNode(layer, call, positional, reading.keywords(map.get("kwargs")), reading.sources);
    }
    return node instanceof List<?> entries ? keras2(layer, call, entries, layerNames) : null;
  }

  /** A node of Keras 2 is a list of [layer, node, tensor, keywords]; several entries stand for a list of tensors. */
  private static @Nullable InboundNode keras2(int layer, int call, List<?> entries, Set<String> layerNames) {
    Reading reading =
        new Reading(value -> TensorRef.of(value).filter(ref -> layerNames.contains(ref.layer())).orElse(null));
    List<@Nullable Object> tensors = new ArrayList<>();
    Map<String, @Nullable Object> keywords = new LinkedHashMap<>();
    for (Object entry : entries) {
      TensorRef ref = TensorRef.of(entry).orElse(null);
      if (ref == null) {
        return null;
      }
      reading.sources.add(ref);
      tensors.add(ref);
      if (entry instanceof List<?> parts && parts.size() == 4) {
        keywords.putAll(reading.keywords(parts.get(3)));
      }
    }
    Object argument = tensors.size() == 1 ? tensors.get(0) : tensors;
    List<@Nullable Object> positional = new ArrayList<>();
    positional.add(argument);
    return new InboundNode(layer, call, positional, keywords, reading.sources);
  }

  /** The arguments with values for the tensors. */
  static @Nullable Object resolve(@Nullable Object argument, Function<TensorRef, Object> values) {
    if (argument instanceof TensorRef ref) {
      return values.apply(ref);
    }
    if (argument instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      for (Object element : list) {
        copy.add(resolve(element, values));
      }
      return copy;
    }
    if (argument instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put(String.valueOf(key), resolve(value, values)));
      return copy;
    }
    return argument;
  }

  /** Turns JSON into arguments. The readers of model files bound how deep JSON may be, hence the recursion here. */
  private static final class Reading {
    private final Function<@Nullable Object, @Nullable TensorRef> tensors;
    final List<TensorRef> sources = new ArrayList<>();

    Reading(Function<@Nullable Object, @Nullable TensorRef> tensors) {
      this.tensors = tensors;
    }

    List<@Nullable Object> list(List<?> values) {
      List<@Nullable Object> copy = new ArrayList<>(values.size());
      for (Object value : values) {
        copy.add(value(value));
      }
      return copy;
    }

    Map<String, @Nullable Object> keywords(@Nullable Object value) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      if (value instanceof Map<?, ?> map) {
        map.forEach((key, entry) -> copy.put(String.valueOf(key), value(entry)));
      }
      return copy;
    }

    private @Nullable Object value(@Nullable Object value) {
      TensorRef ref = tensors.apply(value);
      if (ref != null) {
        sources.add(ref);
        return ref;
      }
      if (value instanceof List<?> list) {
        return list(list);
      }
      if (value instanceof Map<?, ?> map) {
        // Keras flattens a dict of tensors by sorted key; special objects keep their order.
        Map<String, @Nullable Object> copy = map.containsKey("class_name") ? new LinkedHashMap<>() : new TreeMap<>();
        map.keySet().stream()
            .map(String::valueOf)
            .sorted(map.containsKey("class_name") ? (a, b) -> 0 : java.util.Comparator.<String>naturalOrder())
            .forEach(key -> copy.put(key, value(map.get(key))));
        return copy;
      }
      return value;
    }
  }
}
