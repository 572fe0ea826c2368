package dev.posthorn.engine.keras.legacy;

import dev.posthorn.engine.Names;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The configs of Sequential and functional models. */
final class Networks {
  private static final String LAYERS = "layers";
  private static final String NODES = "inbound_nodes";
  private static final Set<String> OPERATIONS = Set.of("TFOpLambda", "SlicingOpLambda", "ClassMethod", "TensorFlowOpLayer");

  private Networks() {}

  /** The layers of a list, where the first says the shape of the input if no InputLayer does. */
  static Map<String, @Nullable Object> sequential(Map<?, ?> config, String place) {
    Map<String, @Nullable Object> result = others(config);
    List<@Nullable Object> layers = new ArrayList<>();
    for (Object element : list(config.get(LAYERS), place)) {
      Map<String, @Nullable Object> layer = named(layer(element, place), layers.size());
      if (layers.isEmpty() && !"InputLayer".equals(layer.get("class_name"))) {
        Map<String, @Nullable Object> input = input((Map<?, ?>) element, layer, config.get("build_input_shape"));
        if (input != null) {
          layers.add(input);
        }
      }
      layers.add(layer);
    }
    result.put(LAYERS, layers);
    return result;
  }

  private static Map<String, @Nullable Object> layer(@Nullable Object element, String place) {
    if (element instanceof Map<?, ?> map && map.get("class_name") instanceof String) {
      return LegacyModels.object(map, place);
    }
    throw new InferenceException(Reason.INVALID_MODEL, place + ": expected a layer with class_name and config");
  }

  /** Some layers of Keras 1 have no name in a Sequential model. */
  private static Map<String, @Nullable Object> named(Map<String, @Nullable Object> layer, int position) {
    Map<?, ?> config = config(layer);
    if (config.get("name") == null) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      config.forEach((key, value) -> copy.put(String.valueOf(key), value));
      Object outer = layer.get("name");
      copy.put("name", outer != null ? outer : Names.snake(String.valueOf(layer.get("class_name"))) + "_" + position);
      layer.put("config", copy);
    }
    return layer;
  }

  private static @Nullable Map<String, @Nullable Object> input(
      Map<?, ?> written, Map<String, @Nullable Object> first, @Nullable Object builtShape) {
    Map<?, ?> old = config(written);
    Object shape = old.get("batch_input_shape");
    Object dtype = old.get("input_dtype") == null ? old.get("dtype") : old.get("input_dtype");
    Map<?, ?> own = config(first);
    if (shape == null && own.get(LAYERS) instanceof List<?> inner && !inner.isEmpty()
        && inner.get(0) instanceof Map<?, ?> innermost && "InputLayer".equals(innermost.get("class_name"))) {
      shape = config(innermost).get("batch_shape");
      dtype = config(innermost).get("dtype");
    }
    if (shape == null && old.get("layer") instanceof Map<?, ?> wrapped && "Bidirectional".equals(first.get("class_name"))) {
      shape = config(wrapped).get("batch_input_shape");
    }
    if (shape == null) {
      shape = builtShape;
    }
    if (shape == null) {
      return null;
    }
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("batch_shape", LegacyModels.value(shape, "batch_input_shape"));
    config.put("dtype", dtype instanceof String text ? text : "float32");
    config.put("name", own.get("name") + "_input");
    Map<String, @Nullable Object> input = new LinkedHashMap<>();
    input.put("module", "keras.layers");
    input.put("class_name", "InputLayer");
    input.put("config", config);
    input.put("registered_name", null);
    return input;
  }

  /** A graph of layers. */
  static Map<String, @Nullable Object> functional(Map<?, ?> config, String place) {
    List<?> written = list(config.get(LAYERS), place);
    Map<String, Map<?, ?>> byName = new LinkedHashMap<>();
    for (Object element : written) {
      if (!(element instanceof Map<?, ?> layer)) {
        throw new InferenceException(Reason.INVALID_MODEL, place + ": expected layers, got " + element);
      }
      byName.put(name(layer, place), layer);
    }
    Map<String, Long> offsets = offsets(config, byName);
    LegacyNodes nodes =
        new LegacyNodes(
            byName.keySet(),
            tensor -> new TensorName(
                tensor.layer(), tensor.node() - offsets.getOrDefault(tensor.layer(), 0L), tensor.tensor()));
    Operations operations = new Operations();
    List<@Nullable Object> layers = new ArrayList<>();
    byName.forEach((name, layer) -> {
      String here = layer.get("class_name") + " '" + name + "'";
      if (layer.get(NODES) instanceof List<?> calls && calls.stream().anyMatch(Map.class::isInstance)
          && calls.get(0) instanceof Map<?, ?> call && call.containsKey("args")) {
        layers.add(LegacyModels.object(layer, place));
      } else if (OPERATIONS.contains(String.valueOf(layer.get("class_name")))) {
        layers.addAll(operations.translate(name, layer, nodes.read(layer.get(NODES), here)));
      } else {
        layers.add(called(name, layer, nodes, operations, here));
      }
    });
    Map<String, @Nullable Object> result = others(config);
    result.put(LAYERS, layers);
    result.put("input_layers", ends(config.get("input_layers"), offsets));
    result.put("output_layers", ends(config.get("output_layers"), offsets));
    operations.checkOutputs(result.get("output_layers"), place);
    return result;
  }

  private static Map<String, @Nullable Object> called(
      String name, Map<?, ?> layer, LegacyNodes nodes, Operations operations, String place) {
    Map<String, @Nullable Object> translated = LegacyModels.object(layer, place);
    String className = String.valueOf(translated.get("class_name"));
    List<@Nullable Object> calls = new ArrayList<>();
    for (LegacyNodes.Node node : nodes.read(layer.get(NODES), place)) {
      operations.check(node, place);
      calls.add(LegacyNodes.call(className, node));
    }
    translated.put("name", name);
    translated.put(NODES, calls);
    return translated;
  }

  private static String name(Map<?, ?> layer, String place) {
    Object name = layer.get("name") == null ? config(layer).get("name") : layer.get("name");
    if (name instanceof String text) {
      return text;
    }
    throw new InferenceException(Reason.INVALID_MODEL, place + ": a layer has no name");
  }

  /**
   * Keras counts the calls of a nested model from 1, since the model itself was the first, but lists only the others.
   * What is counted higher than it is listed is counted from 1.
   */
  private static Map<String, Long> offsets(Map<?, ?> config, Map<String, Map<?, ?>> layers) {
    Map<String, Long> highest = new HashMap<>();
    layers.values().forEach(layer -> highest(layer.get(NODES), layers, highest));
    highest(config.get("output_layers"), layers, highest);
    Map<String, Long> offsets = new HashMap<>();
    highest.forEach((name, node) -> {
      Map<?, ?> layer = layers.get(name);
      int calls = layer != null && layer.get(NODES) instanceof List<?> listed ? Math.max(1, listed.size()) : 1;
      if (node == calls && layer != null && config(layer).get(LAYERS) instanceof List<?> || node == calls && isOldSequential(layer)) {
        offsets.put(name, 1L);
      }
    });
    return offsets;
  }

  private static boolean isOldSequential(@Nullable Map<?, ?> layer) {
    return layer != null && layer.get("config") instanceof List<?>;
  }

  private static void highest(@Nullable Object value, Map<String, Map<?, ?>> layers, Map<String, Long> highest) {
    if (value instanceof List<?> list) {
      TensorName tensor = TensorName.of(list);
      if (tensor != null && layers.containsKey(tensor.layer())) {
        highest.merge(tensor.layer(), tensor.node(), Math::max);
      }
      list.forEach(element -> highest(element, layers, highest));
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(element -> highest(element, layers, highest));
    }
  }

  private static @Nullable Object ends(@Nullable Object value, Map<String, Long> offsets) {
    TensorName tensor = TensorName.of(value);
    if (tensor != null) {
      return List.of(tensor.layer(), tensor.node() - offsets.getOrDefault(tensor.layer(), 0L), tensor.tensor());
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(ends(element, offsets)));
      return copy;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, element) -> copy.put(String.valueOf(key), ends(element, offsets)));
      return copy;
    }
    return value;
  }

  private static Map<String, @Nullable Object> others(Map<?, ?> config) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    for (String key : List.of("name", "trainable", "dtype")) {
      Object value = key.equals("dtype") ? Policies.today(config.get(key), "the model") : config.get(key);
      if (value != null) {
        result.put(key, value);
      }
    }
    return result;
  }

  private static List<?> list(@Nullable Object value, String place) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new InferenceException(Reason.INVALID_MODEL, place + ": expected a list of layers");
  }

  static Map<?, ?> config(Map<?, ?> layer) {
    return layer.get("config") instanceof Map<?, ?> config ? config : Map.of();
  }
}
