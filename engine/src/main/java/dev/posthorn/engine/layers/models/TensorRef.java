package dev.posthorn.engine.layers.models;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a tensor of a functional model comes from: Keras' history. */
record TensorRef(String layer, int node, int tensor) {
  /** Reads {@code ["dense", 0, 0]}, optionally with a fourth entry; empty if it is something else. */
  static Optional<TensorRef> of(@Nullable Object value) {
    if (value instanceof List<?> list
        && (list.size() == 3 || list.size() == 4)
        && list.get(0) instanceof String layer
        && list.get(1) instanceof Number node
        && list.get(2) instanceof Number tensor
        && node.longValue() == node.intValue()
        && tensor.longValue() == tensor.intValue()) {
      return Optional.of(new TensorRef(layer, node.intValue(), tensor.intValue()));
    }
    return Optional.empty();
  }

  /** Reads a {@code __keras_tensor__} object; empty if it is something else. */
  static Optional<TensorRef> ofKerasTensor(@Nullable Object value) {
    if (value instanceof Map<?, ?> map
        && "__keras_tensor__".equals(map.get("class_name"))
        && map.get("config") instanceof Map<?, ?> config) {
      return of(config.get("keras_history"));
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return "'" + layer + "' (node " + node + ", tensor " + tensor + ")";
  }
}
