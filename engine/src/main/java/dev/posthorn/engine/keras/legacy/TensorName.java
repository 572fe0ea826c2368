package dev.posthorn.engine.keras.legacy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a functional model, as Keras 3 writes it into the arguments of a call.
 *
 * @param layer who made it
 * @param node in which of its calls
 * @param tensor which of its outputs
 */
record TensorName(String layer, long node, long tensor) {
  static final String CLASS = "__keras_tensor__";

  /** Reads {@code ["x", 0, 0]}, perhaps with keyword arguments behind; null for anything else. */
  static @Nullable TensorName of(@Nullable Object value) {
    return value instanceof List<?> list
            && (list.size() == 3 || list.size() == 4)
            && list.get(0) instanceof String layer
            && list.get(1) instanceof Long node
            && list.get(2) instanceof Long tensor
        ? new TensorName(layer, node, tensor)
        : null;
  }

  Map<String, @Nullable Object> object() {
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("keras_history", history());
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("class_name", CLASS);
    object.put("config", config);
    return object;
  }

  List<Object> history() {
    return List.of(layer, node, tensor);
  }
}
