package dev.posthorn.engine.keras.legacy;

import dev.posthorn.engine.Assets;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates the architecture of a model of Keras 1 or 2 into what Keras 3 would write for it. Layers keep their names;
 * every meaning that depends on the version stays with the version, which the description carries.
 */
public final class LegacyModels {
  private static final String CLASS = "class_name";
  private static final String CONFIG = "config";

  private LegacyModels() {}

  /** Whether an architecture needs translation: by its version, or where none is known by how it is written. */
  public static boolean recognises(Map<String, ?> root, @Nullable KerasVersion version) {
    return version != null ? version.major() < 3 : !root.containsKey("module") && looksOld(root);
  }

  private static boolean looksOld(Object value) {
    if (value instanceof Map<?, ?> map) {
      if (map.containsKey("batch_input_shape") || map.get("inbound_nodes") instanceof List<?> nodes && isOld(nodes)) {
        return true;
      }
      return map.values().stream().anyMatch(each -> each != null && looksOld(each));
    }
    return value instanceof List<?> list && list.stream().anyMatch(each -> each != null && looksOld(each));
  }

  private static boolean isOld(List<?> nodes) {
    return !nodes.isEmpty() && nodes.get(0) instanceof List<?>;
  }

  /**
   * The architecture as Keras 3 writes it.
   *
   * @throws InferenceException INVALID_MODEL or UNSUPPORTED, naming the layer
   */
  public static Map<String, @Nullable Object> translate(Map<String, @Nullable Object> root) {
    return object(root, "the model");
  }

  /** The same model with its weights, and the files beside them, where Keras 3 would have put them. */
  public static ModelDescription relocated(ModelDescription model) {
    if (model.kerasVersion().major() >= 3) {
      return model;
    }
    return switch (model.weights()) {
      case WeightSource.ByPath paths -> {
        LegacyPaths legacy = new LegacyPaths(paths);
        Assets assets = model.assets();
        yield with(model, legacy, path -> assets.find(legacy.asset(path)));
      }
      case WeightSource.ByLayer layers -> with(model, new LegacyArrays(layers, model.root()), model.assets());
      case WeightSource.InOrder list -> model;
    };
  }

  private static ModelDescription with(ModelDescription model, WeightSource weights, Assets assets) {
    return model.withWeights(weights, assets);
  }

  /** An object of the file: a layer, a model, a policy, an activation, a value. */
  static Map<String, @Nullable Object> object(Map<?, ?> object, String place) {
    String written = String.valueOf(object.get(CLASS));
    Object plain = object.get(CONFIG);
    boolean custom = written.indexOf('>') >= 0 || object.get("registered_name") instanceof String name && name.indexOf('>') >= 0;
    String today = LayerNames.today(written);
    if (plain instanceof List<?> layers && today.equals("Sequential")) {
      Map<String, @Nullable Object> config = new LinkedHashMap<>();
      config.put("name", "sequential");
      config.put("layers", layers);
      plain = config;
    }
    if (today.equals("Sequential")
        && plain instanceof Map<?, ?> model
        && model.get("layers") instanceof List<?> layers
        && MergedBranches.recognises(layers)) {
      Object name = model.get("name") == null ? "sequential" : model.get("name");
      plain = MergedBranches.graph(name, layers, place);
      today = "Functional";
    }
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    object.forEach((key, value) -> result.put(String.valueOf(key), value));
    if (!(plain instanceof Map<?, ?> config)) {
      return result;
    }
    String name = config.get("name") instanceof String own ? own : object.get("name") instanceof String given ? given : "";
    String here = name.isEmpty() ? place : today + " '" + name + "'";
    if (isNetwork(today, config)) {
      result.put(CONFIG, today.equals("Sequential") ? Networks.sequential(config, here) : Networks.functional(config, here));
    } else {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      config.forEach((key, value) -> put(values, String.valueOf(key), value, here));
      if (today.equals("InputLayer")) {
        result.put(CONFIG, inputLayer(values));
      } else {
        result.put(CONFIG, custom ? values : LayerConfigs.translate(written, today, values, here));
      }
    }
    result.put(CLASS, today);
    if (custom) {
      result.put("module", null);
      result.put(CLASS, today.substring(today.indexOf('>') + 1));
      result.putIfAbsent("registered_name", today);
    } else {
      result.put("module", today.equals("Functional") ? "keras.src.models.functional" : "keras.layers");
      result.put("registered_name", today.equals("Functional") ? today : null);
    }
    merge(written, result, here);
    return result;
  }

  /** A subclass of Model that was built functionally is written with its own name and a graph in its config. */
  private static boolean isNetwork(String className, Map<?, ?> config) {
    return (className.equals("Sequential") || className.equals("Functional")) && config.get("layers") instanceof List<?>;
  }

  private static void put(Map<String, @Nullable Object> values, String key, @Nullable Object value, String place) {
    if (key.equals("dtype") || key.equals("dtype_policy")) {
      Object policy = Policies.today(value, place);
      if (policy != null) {
        values.put("dtype", policy);
      }
    } else {
      values.put(key, value(value, place));
    }
  }

  /** Any value of a config. */
  static @Nullable Object value(@Nullable Object value, String place) {
    if (value instanceof Map<?, ?> map) {
      if (map.get(CLASS) instanceof String className) {
        switch (className) {
          case "__tuple__" -> {
            return value(map.get("items"), place);
          }
          case "TensorShape" -> {
            return value(map.get("items"), place);
          }
          case "__numpy__" -> {
            return map.get(CONFIG) instanceof Map<?, ?> config ? config.get("value") : value;
          }
          default -> {
            return map.get(CONFIG) instanceof Map<?, ?> || map.get(CONFIG) instanceof List<?> ? object(map, place) : map;
          }
        }
      }
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, element) -> copy.put(String.valueOf(key), value(element, place)));
      return copy;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(value(element, place)));
      return copy;
    }
    return value;
  }

  private static Map<String, @Nullable Object> inputLayer(Map<String, @Nullable Object> config) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>(config);
    Object shape = result.remove("batch_input_shape");
    if (shape != null) {
      result.putIfAbsent("batch_shape", shape);
    }
    Object dtype = result.remove("input_dtype");
    if (dtype != null) {
      result.putIfAbsent("dtype", dtype);
    }
    result.remove("input_tensor");
    return result;
  }

  /** Keras 1 has one class Merge with a mode. */
  private static void merge(String written, Map<String, @Nullable Object> layer, String place) {
    if (!written.equals("Merge") || !(layer.get(CONFIG) instanceof Map<?, ?> old)) {
      return;
    }
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", old.get("name"));
    String className =
        switch (String.valueOf(old.get("mode"))) {
          case "sum" -> "Add";
          case "mul" -> "Multiply";
          case "ave" -> "Average";
          case "max" -> "Maximum";
          case "concat" -> {
            config.put("axis", old.get("concat_axis") == null ? -1L : old.get("concat_axis"));
            yield "Concatenate";
          }
          case "dot", "cos" -> {
            config.put("axes", dotAxes(old.get("dot_axes")));
            config.put("normalize", "cos".equals(old.get("mode")));
            yield "Dot";
          }
          default ->
              throw new InferenceException(
                  Reason.UNSUPPORTED, place + ": Merge of mode '" + old.get("mode") + "' is not supported");
        };
    layer.put(CLASS, className);
    layer.put(CONFIG, config);
  }

  /** {@code [[1], [1]]} or {@code -1}, the last axis of both. */
  private static @Nullable Object dotAxes(@Nullable Object axes) {
    if (axes instanceof List<?> pair) {
      List<@Nullable Object> flat = new ArrayList<>();
      pair.forEach(each -> flat.add(each instanceof List<?> one && one.size() == 1 ? one.get(0) : each));
      return flat;
    }
    return axes == null ? -1L : axes;
  }
}
