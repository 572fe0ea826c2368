package dev.posthorn.engine.layers.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The inputs or outputs of a functional model in Keras' flat order: one triple, a list of them, a dict (by sorted key),
 * or any nesting of these.
 */
final class Endpoints {
  /** A tensor, and the key of the dict that it stands in; null if it stands in none. */
  record Endpoint(TensorRef ref, @Nullable String key) {}

  private Endpoints() {}

  /** Null where the value is no such structure. */
  static @Nullable List<Endpoint> of(@Nullable Object value) {
    List<Endpoint> found = new ArrayList<>();
    return collect(value, null, found) ? found : null;
  }

  private static boolean collect(@Nullable Object value, @Nullable String key, List<Endpoint> found) {
    TensorRef ref = TensorRef.of(value).or(() -> TensorRef.ofKerasTensor(value)).orElse(null);
    if (ref != null) {
      found.add(new Endpoint(ref, key));
      return true;
    }
    if (value instanceof List<?> list) {
      for (Object element : list) {
        if (!collect(element, null, found)) {
          return false;
        }
      }
      return true;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> sorted = new TreeMap<>();
      map.forEach((name, element) -> sorted.put(String.valueOf(name), element));
      for (Map.Entry<String, @Nullable Object> entry : sorted.entrySet()) {
        if (!collect(entry.getValue(), entry.getKey(), found)) {
          return false;
        }
      }
      return true;
    }
    return false;
  }
}
