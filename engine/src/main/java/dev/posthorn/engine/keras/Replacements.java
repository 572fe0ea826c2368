package dev.posthorn.engine.keras;

import dev.posthorn.engine.ModelDescription;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Rewrites named layers of an architecture so that something registered computes them: for Lambda and lost code. */
final class Replacements {
  private final Map<String, String> replace;
  private final Set<String> seen = new TreeSet<>();
  private final Set<String> done = new HashSet<>();

  private Replacements(Map<String, String> replace) {
    this.replace = replace;
  }

  /**
   * The same model, where each layer of that name keeps its name, type and calls, and gets the registered name instead
   * of its class.
   *
   * @throws InferenceException INVALID_MODEL if there is no layer of a name
   */
  static ModelDescription apply(ModelDescription model, Map<String, String> replace) {
    if (replace.isEmpty()) {
      return model;
    }
    Replacements replacements = new Replacements(replace);
    Map<String, @Nullable Object> root = replacements.object(model.root());
    for (String name : replace.keySet()) {
      if (!replacements.done.contains(name)) {
        throw new InferenceException(
            Reason.INVALID_MODEL,
            model.name() + " has no layer '" + name + "' to replace" + Nearest.hint(name, replacements.seen));
      }
    }
    return model.withRoot(root);
  }

  private Map<String, @Nullable Object> object(Map<?, ?> object) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    object.forEach((key, value) -> copy.put(String.valueOf(key), value(value)));
    if (copy.get("class_name") instanceof String && copy.get("config") instanceof Map<?, ?> config) {
      Object name = config.get("name");
      if (name instanceof String layer) {
        seen.add(layer);
        String registered = replace.get(layer);
        if (registered != null) {
          done.add(layer);
          replace(copy, config, registered);
        }
      }
    }
    return Collections.unmodifiableMap(copy);
  }

  private static void replace(Map<String, @Nullable Object> layer, Map<?, ?> config, String registered) {
    Map<String, @Nullable Object> kept = new LinkedHashMap<>();
    for (String key : List.of("name", "trainable", "dtype")) {
      if (config.containsKey(key)) {
        kept.put(key, config.get(key));
      }
    }
    layer.put("module", null);
    layer.put("class_name", registered.substring(registered.indexOf('>') + 1));
    layer.put("registered_name", registered);
    layer.put("config", Collections.unmodifiableMap(kept));
  }

  private @Nullable Object value(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return object(map);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(item -> copy.add(value(item)));
      return Collections.unmodifiableList(copy);
    }
    return value;
  }
}
