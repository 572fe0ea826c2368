package dev.posthorn.engine.keras.legacy;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call of a function of TensorFlow, while it is translated. Arguments are asked for by the names that TensorFlow gives
 * them; one with a value that nobody asked for is refused.
 */
final class OperationCall {
  static final String NUMPY = "keras.src.ops.numpy";
  static final String NN = "keras.src.ops.nn";
  static final String MATH = "keras.src.ops.math";
  static final String CORE = "keras.src.ops.core";
  static final String LAYERS = "keras.layers";

  private static final Set<String> IGNORED = Set.of("name", "validate_indices", "conjugate", "out_type", "adj_x", "adj_y");

  private final String layer;
  private final String function;
  private final @Nullable Object first;
  private final Map<String, @Nullable Object> keywords;
  private final Set<String> asked = new HashSet<>();
  private final List<Map<String, @Nullable Object>> steps = new ArrayList<>();
  private final int node;
  private boolean tookFirst;

  OperationCall(String layer, String function, int node, LegacyNodes.Node call) {
    this.layer = layer;
    this.function = function;
    this.node = node;
    this.first = call.first();
    this.keywords = call.keywords();
  }

  /** The operation that gives the result: where it is found, what it is made with, what it is called with. */
  record Operation(String module, String className, Map<String, @Nullable Object> config, List<@Nullable Object> arguments) {}

  String function() {
    return function;
  }

  /** The first argument, which stands apart; or, if it was written by name, the one of that name. */
  @Nullable Object first(String... names) {
    for (String name : names) {
      if (keywords.containsKey(name)) {
        return argument(name);
      }
    }
    tookFirst = true;
    return first;
  }

  /** An argument under any of its names; null if it is absent or None. */
  @Nullable Object argument(String... names) {
    Object found = null;
    for (String name : names) {
      asked.add(name);
      Object value = keywords.get(name);
      found = found == null ? value : found;
    }
    return found;
  }

  Object required(String... names) {
    Object value = argument(names);
    if (value == null) {
      throw invalid("the argument '" + names[0] + "' is missing");
    }
    return value;
  }

  boolean flag(String... names) {
    return Boolean.TRUE.equals(argument(names));
  }

  /** An integer or a list of integers, or {@code otherwise}. */
  @Nullable Object axis(@Nullable Object otherwise, String... names) {
    Object axis = argument(names);
    if (axis == null) {
      return otherwise;
    }
    boolean plain =
        axis instanceof Long || axis instanceof List<?> list && list.stream().allMatch(Long.class::isInstance);
    if (!plain) {
      throw unsupported("an axis that is computed");
    }
    return axis;
  }

  /** An operation before the last one; returns its result. */
  TensorName step(Operation operation) {
    String name = layer + "/" + Character.toLowerCase(operation.className().charAt(0)) + operation.className().substring(1)
        + "_" + node + "_" + steps.size();
    Map<String, @Nullable Object> object = object(name, operation);
    object.put("inbound_nodes", List.of(LegacyNodes.node(operation.arguments(), Map.of())));
    steps.add(object);
    return new TensorName(name, 0, 0);
  }

  List<Map<String, @Nullable Object>> steps() {
    return steps;
  }

  static Map<String, @Nullable Object> object(String name, Operation operation) {
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", name);
    config.putAll(operation.config());
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("module", operation.module());
    object.put("class_name", operation.className());
    object.put("config", config);
    object.put("registered_name", operation.module().equals(LAYERS) ? null : operation.className());
    object.put("name", name);
    return object;
  }

  static Operation operation(String module, String className, Map<String, ?> config, @Nullable Object... arguments) {
    List<@Nullable Object> list = new ArrayList<>();
    for (Object argument : arguments) {
      list.add(argument);
    }
    return new Operation(module, className, new LinkedHashMap<>(config), list);
  }

  /** A config whose values may be null. */
  static Map<String, @Nullable Object> config(@Nullable Object... keysAndValues) {
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      config.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
    }
    return config;
  }

  /** Fails if an argument with a value was never asked for. */
  void checkAllAsked() {
    if (!tookFirst && first != null && keywords.isEmpty()) {
      throw unsupported("its first argument");
    }
    keywords.forEach((key, value) -> {
      boolean nothing = value == null || value.equals(false);
      if (!nothing && !asked.contains(key) && !IGNORED.contains(key)) {
        throw unsupported("the argument '" + key + "' = " + value);
      }
    });
  }

  InferenceException invalid(String message) {
    return new InferenceException(Reason.INVALID_MODEL, Map.of("layer", layer), place() + ": " + message);
  }

  InferenceException unsupported(String what) {
    return new InferenceException(Reason.UNSUPPORTED, Map.of("layer", layer), place() + ": " + what + " is not supported");
  }

  private String place() {
    return "layer '" + layer + "', tf." + function;
  }
}
