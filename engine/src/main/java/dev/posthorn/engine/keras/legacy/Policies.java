package dev.posthorn.engine.keras.legacy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The dtypes of layers: a name, or a policy object of tf.keras 2.1 (PolicyV1), 2.4 (Policy) and Keras 3 (DTypePolicy). */
final class Policies {
  private static final Set<String> OLD = Set.of("Policy", "PolicyV1");

  /** Whatever the inputs are. */
  private static final Set<String> INFERRED = Set.of("infer", "_infer", "infer_float32_vars", "infer_with_float32_vars");

  private Policies() {}

  /** Null where the file leaves it open. */
  static @Nullable Object today(@Nullable Object dtype, String place) {
    if (dtype instanceof Map<?, ?> policy
        && policy.get("class_name") instanceof String className
        && OLD.contains(className)
        && policy.get("config") instanceof Map<?, ?> config) {
      if (!(config.get("name") instanceof String name) || INFERRED.contains(name)) {
        return null;
      }
      Map<String, @Nullable Object> result = new LinkedHashMap<>();
      result.put("module", "keras");
      result.put("class_name", "DTypePolicy");
      result.put("config", Map.of("name", name));
      result.put("registered_name", null);
      return result;
    }
    return dtype instanceof String name && INFERRED.contains(name) ? null : LegacyModels.value(dtype, place);
  }
}
