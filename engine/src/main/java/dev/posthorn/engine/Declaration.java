package dev.posthorn.engine;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Body;
import dev.posthorn.spi.Composite;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Derived;
import dev.posthorn.spi.ElementWise;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Kernels;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.State;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Weight;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a layer sees while it is made; writes what it declares into its {@link LayerScope}. */
final class Declaration implements LayerSpec {
  private final GraphBuilder builder;
  private final LayerScope scope;
  private final List<TensorSpec> inputs;

  Declaration(GraphBuilder builder, LayerScope scope, List<TensorSpec> inputs) {
    this.builder = builder;
    this.scope = scope;
    this.inputs = List.copyOf(inputs);
  }

  @Override
  public String name() {
    return scope.name();
  }

  @Override
  public String className() {
    return scope.className();
  }

  @Override
  public Config config() {
    return scope.config();
  }

  @Override
  public DType dtype() {
    return scope.dtype();
  }

  @Override
  public KerasVersion kerasVersion() {
    return builder.kerasVersion();
  }

  @Override
  public List<TensorSpec> inputs() {
    return inputs;
  }

  @Override
  public Weight weight(String name, Shape shape) {
    return weight(name, shape, scope.dtype());
  }

  @Override
  public Weight weight(String name, Shape shape, DType dtype) {
    return declare(scope.trainable, name, shape, dtype);
  }

  @Override
  public Weight nonTrainableWeight(String name, Shape shape) {
    return nonTrainableWeight(name, shape, scope.dtype());
  }

  @Override
  public Weight nonTrainableWeight(String name, Shape shape, DType dtype) {
    return declare(scope.nonTrainable, name, shape, dtype);
  }

  private Weight declare(List<BoundWeight> list, String name, Shape shape, DType dtype) {
    if (!shape.isKnown()) {
      throw error("weight '%s' has the shape %s: the model must say the input's shape %s", name, shape, inputs);
    }
    BoundWeight weight = new BoundWeight(scope.label(), name, dtype, shape);
    list.add(weight);
    return weight;
  }

  @Override
  public Matrix matrix(Weight weight, int rows, int columns) {
    if (!(weight instanceof BoundWeight bound) || (long) rows * columns != weight.shape().size()) {
      throw error("weight '%s' of shape %s is no %d x %d matrix", weight.name(), weight.shape(), rows, columns);
    }
    LateMatrix matrix = new LateMatrix(bound, rows, columns);
    scope.matrices.add(matrix);
    return matrix;
  }

  @Override
  public <T> Derived<T> derive(Supplier<T> computation) {
    LateDerived<T> derived = new LateDerived<>(computation);
    scope.derived.add(derived);
    return derived;
  }

  @Override
  public SubLayer sub(String attribute) {
    return builder.child(scope, object(attribute, scope.config().value(attribute)), scope.childPath(attribute));
  }

  @SuppressWarnings("unchecked")
  private Map<String, @Nullable Object> object(String key, @Nullable Object value) {
    if (value instanceof Map<?, ?> map && map.get("class_name") instanceof String) {
      return (Map<String, @Nullable Object>) map;
    }
    throw error("config '%s': expected a layer, got %s", key, String.valueOf(value));
  }

  @Override
  public SubLayer sub(String attribute, String className, Map<String, ?> config) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>(config);
    values.putIfAbsent("name", attribute);
    values.putIfAbsent("dtype", scope.config().raw().get("dtype"));
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("class_name", className);
    object.put("config", values);
    return builder.child(scope, object, builder.attributePath(scope, attribute, className));
  }

  @Override
  public List<SubLayer> subs(String attribute) {
    Object value = scope.config().value(attribute);
    if (!(value instanceof List<?> list)) {
      throw error("config '%s': expected a list of layers, got %s", attribute, String.valueOf(value));
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    List<SubLayer> found = new ArrayList<>(list.size());
    for (Object element : list) {
      Map<String, @Nullable Object> object = object(attribute, element);
      String base = Names.snake(String.valueOf(object.get("class_name")));
      found.add(builder.child(scope, object, builder.listPath(scope, attribute, base, counts, object)));
    }
    return found;
  }

  @Override
  public Activation activation(String configKey) {
    Object value = scope.config().value(configKey);
    return switch (value) {
      case null -> NoActivation.INSTANCE;
      case String name -> activationNamed(name);
      case Map<?, ?> map when "function".equals(map.get("class_name")) && map.get("config") instanceof String name ->
          activationNamed(name);
      case Map<?, ?> map when "__lambda__".equals(map.get("class_name")) ->
          throw unsupported("config '%s': a Python lambda", configKey);
      default -> layerAsFunction(configKey, object(configKey, value));
    };
  }

  private Activation layerAsFunction(String configKey, Map<String, @Nullable Object> object) {
    LayerScope child = builder.child(scope, object, scope.childPath(configKey));
    Object instance = builder.instance(child, inputs);
    if (instance instanceof ElementWise elementWise) {
      return elementWise.function();
    }
    throw unsupported("config '%s': the layer %s as an activation", configKey, child.className());
  }

  @Override
  public Activation activationNamed(String name) {
    String versioned = kerasVersion().major() < 3 ? name + "@2" : name;
    return builder.registry().activation(versioned)
        .or(() -> builder.registry().activation(name))
        .orElseThrow(() -> {
          List<String> near = builder.registry().activationsNear(name);
          return scope.failure(
              Reason.UNKNOWN_LAYER,
              "unknown activation '" + name + "'" + (near.isEmpty() ? "" : " (near: " + String.join(", ", near) + ")")
                  + ": supply it by a plug-in (--plugins DIR)");
        });
  }

  @Override
  public UnaryOperator<String> text(String name) {
    return builder.registry().text(name).orElseThrow(() -> scope.failure(
        Reason.UNKNOWN_LAYER, "unknown text function '" + name + "': supply it by a plug-in (--plugins DIR)"));
  }

  @Override
  public Optional<List<String>> asset(String fileName) {
    return builder.assets().find(scope.childPath(fileName)).map(bytes -> {
      String text = new String(bytes, StandardCharsets.UTF_8);
      return List.of(text.split("\n", -1));
    });
  }

  @Override
  public State state(String name, Shape rowShape, DType dtype) {
    DeclaredState state = new DeclaredState(scope.fullName() + "." + name, rowShape, dtype);
    scope.states.add(state);
    builder.states().add(state);
    return state;
  }

  @Override
  public Body body(Composite step, List<TensorSpec> bodyInputs) {
    return builder.body(scope, step, bodyInputs);
  }

  @Override
  public Kernels kernels() {
    return builder.kernels();
  }

  @Override
  public InferenceException error(String message, Object... arguments) {
    return scope.error(message, arguments);
  }

  @Override
  public InferenceException unsupported(String message, Object... arguments) {
    return scope.failure(Reason.UNSUPPORTED, String.format(Locale.ROOT, message, arguments) + " is not supported");
  }
}
