package dev.posthorn.engine;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.SubLayer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A layer's place in a model: what the file says of it, what it declared, and the layers inside it. */
final class LayerScope implements SubLayer {
  private static final List<String> OPERATIONS = List.of("keras.src.ops.", "keras.src.activations.");

  private final @Nullable LayerScope parent;
  private final Map<String, @Nullable Object> object;
  private final String name;
  private final String className;
  private final String registeredName;
  private final String module;
  private final String path;
  private final JsonConfig config;
  private final DType dtype;

  /** A layer or a composite, made at the first call. */
  @Nullable Object instance;

  Registry.@Nullable Entry entry;
  int calls;

  /** The layers or inputs that the first call took, and what it gave. */
  List<String> firstInputs = List.of();

  dev.posthorn.spi.@Nullable Shape firstOutput;

  final List<BoundWeight> trainable = new ArrayList<>();
  final List<BoundWeight> nonTrainable = new ArrayList<>();
  final List<LateMatrix> matrices = new ArrayList<>();
  final List<LateDerived<?>> derived = new ArrayList<>();
  final List<DeclaredState> states = new ArrayList<>();
  final List<LayerScope> children = new ArrayList<>();

  LayerScope(@Nullable LayerScope parent, Map<String, @Nullable Object> object, String path) {
    this.parent = parent;
    this.object = object;
    this.path = path;
    this.className = text(object, "class_name");
    this.registeredName = object.get("registered_name") instanceof String given ? given : "";
    this.module = object.get("module") instanceof String given ? given : "";
    Map<String, @Nullable Object> values = map(object.get("config"));
    this.name =
        object.get("name") instanceof String given
            ? given
            : values.get("name") instanceof String given ? given : Names.snake(className);
    this.config = new JsonConfig(label(), values);
    this.dtype = dtype(values.get("dtype"));
  }

  private static String text(Map<String, @Nullable Object> object, String key) {
    if (object.get(key) instanceof String text) {
      return text;
    }
    throw new InferenceException(
        Reason.INVALID_MODEL, "a layer of the model has no '" + key + "': " + shortened(object.toString()));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : new LinkedHashMap<>();
  }

  private static String shortened(String text) {
    return text.length() > 120 ? text.substring(0, 120) + "..." : text;
  }

  /** The type that the policy computes in; without one that of the layer around. */
  private DType dtype(@Nullable Object policy) {
    String policyName = null;
    if (policy instanceof String text) {
      policyName = text;
    } else if (policy instanceof Map<?, ?> object1
        && object1.get("config") instanceof Map<?, ?> values
        && values.get("name") instanceof String text) {
      String kind = String.valueOf(object1.get("class_name"));
      if (!kind.equals("DTypePolicy") && !kind.equals("Policy")) {
        throw unsupported("the dtype policy %s '%s'", kind, text);
      }
      policyName = text;
    }
    if (policyName == null) {
      return parent == null ? DType.FLOAT32 : parent.dtype;
    }
    String plain = policyName.startsWith("mixed_") ? policyName.substring("mixed_".length()) : policyName;
    try {
      return DType.of(plain);
    } catch (InferenceException unknown) {
      throw unsupported("the dtype policy '%s'", policyName);
    }
  }

  boolean isOperation() {
    return isOperation(module);
  }

  /** Whether what stands in that Python module is an operation, and so no layer of its own. */
  static boolean isOperation(String module) {
    return OPERATIONS.stream().anyMatch(module::startsWith);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String className() {
    return className;
  }

  String registeredName() {
    return registeredName;
  }

  String module() {
    return module;
  }

  /** Where its weights lie: {@code layers/dense_1}; empty for the model itself. */
  String path() {
    return path;
  }

  JsonConfig config() {
    return config;
  }

  DType dtype() {
    return dtype;
  }

  Map<String, @Nullable Object> object() {
    return object;
  }

  @Nullable LayerScope parent() {
    return parent;
  }

  /** {@code outer/inner}; the model's own name is left out, except for the model itself. */
  String fullName() {
    LayerScope around = parent;
    return around == null || around.parent == null ? name : around.fullName() + "/" + name;
  }

  /** {@code Dense 'encoder/dense_3'}. */
  String label() {
    return className + " '" + fullName() + "'";
  }

  String childPath(String attribute) {
    return path.isEmpty() ? attribute : path + "/" + attribute;
  }

  String plugin() {
    Registry.Entry found = entry;
    return found == null ? "" : found.plugin();
  }

  /** Own weights and those of the layers inside. */
  long parameters() {
    long sum = 0;
    for (BoundWeight weight : trainable) {
      sum += weight.shape().size();
    }
    for (BoundWeight weight : nonTrainable) {
      sum += weight.shape().size();
    }
    for (LayerScope child : children) {
      sum += child.parameters();
    }
    return sum;
  }

  InferenceException error(String message, Object... arguments) {
    return failure(Reason.INVALID_MODEL, String.format(Locale.ROOT, message, arguments));
  }

  InferenceException unsupported(String message, Object... arguments) {
    return failure(Reason.UNSUPPORTED, String.format(Locale.ROOT, message, arguments) + " is not supported");
  }

  InferenceException failure(Reason reason, String message) {
    return new InferenceException(
        reason, Map.of("layer", fullName(), "class_name", className), label() + ": " + message);
  }
}
