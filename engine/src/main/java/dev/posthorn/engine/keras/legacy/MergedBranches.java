package dev.posthorn.engine.keras.legacy;

import dev.posthorn.engine.Names;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Sequential model of Keras 1 that begins by merging others, as the graph that it is. */
final class MergedBranches {
  private final String place;
  private final List<@Nullable Object> layers = new ArrayList<>();
  private final List<@Nullable Object> inputs = new ArrayList<>();

  private MergedBranches(String place) {
    this.place = place;
  }

  /** Whether the layers of a Sequential model begin with a Merge of models. */
  static boolean recognises(@Nullable Object layers) {
    return layers instanceof List<?> list
        && !list.isEmpty()
        && list.get(0) instanceof Map<?, ?> first
        && "Merge".equals(first.get("class_name"))
        && Networks.config(first).get("layers") instanceof List<?> branches
        && !branches.isEmpty();
  }

  /** The config of a functional model, as Keras 1 writes it. */
  static Map<String, @Nullable Object> graph(Object name, List<?> layers, String place) {
    MergedBranches graph = new MergedBranches(place);
    String last = graph.chain(layers);
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", name);
    config.put("layers", graph.layers);
    config.put("input_layers", graph.inputs);
    config.put("output_layers", List.of(tensor(last)));
    return config;
  }

  /** Adds the layers one after the other; returns the name of the last. */
  private String chain(List<?> chain) {
    String last = "";
    for (Object element : chain) {
      if (!(element instanceof Map<?, ?> layer)) {
        throw unsupported("a layer that is no object");
      }
      List<@Nullable Object> from = new ArrayList<>();
      if (!last.isEmpty()) {
        from.add(tensor(last));
      } else if (recognises(List.of(layer)) && Networks.config(layer).get("layers") instanceof List<?> branches) {
        branches.forEach(branch -> from.add(tensor(branch(branch))));
      } else {
        from.add(tensor(input(layer)));
      }
      last = add(layer, from);
    }
    return last;
  }

  private String branch(@Nullable Object branch) {
    if (branch instanceof Map<?, ?> model && "Sequential".equals(model.get("class_name"))) {
      Object config = model.get("config");
      Object chain = config instanceof Map<?, ?> map ? map.get("layers") : config;
      if (chain instanceof List<?> list && !list.isEmpty()) {
        return chain(list);
      }
    }
    throw unsupported("a Merge of anything but Sequential models");
  }

  private String input(Map<?, ?> first) {
    Object shape = Networks.config(first).get("batch_input_shape");
    if (shape == null) {
      throw unsupported("a branch that does not say the shape of its input");
    }
    String name = name(first) + "_input";
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", name);
    config.put("batch_input_shape", shape);
    Object dtype = Networks.config(first).get("input_dtype");
    config.put("dtype", dtype == null ? "float32" : dtype);
    Map<String, @Nullable Object> layer = new LinkedHashMap<>();
    layer.put("name", name);
    layer.put("class_name", "InputLayer");
    layer.put("config", config);
    layer.put("inbound_nodes", List.of());
    layers.add(layer);
    inputs.add(tensor(name));
    return name;
  }

  private String add(Map<?, ?> layer, List<@Nullable Object> from) {
    String name = name(layer);
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    layer.forEach((key, value) -> copy.put(String.valueOf(key), value));
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    Networks.config(layer).forEach((key, value) -> {
      if (!"Merge".equals(layer.get("class_name")) || !"layers".equals(key)) {
        config.put(String.valueOf(key), value);
      }
    });
    config.put("name", name);
    copy.put("config", config);
    copy.put("name", name);
    copy.put("inbound_nodes", List.of(from));
    layers.add(copy);
    return name;
  }

  private String name(Map<?, ?> layer) {
    Object name = Networks.config(layer).get("name");
    return name instanceof String text ? text : Names.snake(String.valueOf(layer.get("class_name"))) + "_" + layers.size();
  }

  private static List<Object> tensor(String layer) {
    return List.of(layer, 0L, 0L);
  }

  private InferenceException unsupported(String what) {
    return new InferenceException(Reason.UNSUPPORTED, place + ": " + what + " is not supported");
  }
}
