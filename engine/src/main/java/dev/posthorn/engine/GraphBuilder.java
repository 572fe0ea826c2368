package dev.posthorn.engine;

import dev.posthorn.engine.kernels.EngineKernels;
import dev.posthorn.spi.Body;
import dev.posthorn.spi.Composite;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From a description to a graph: looks every layer up in the registry, makes it, and draws its calls. Names no layer:
 * models, wrappers and layers all come through the SPI.
 */
final class GraphBuilder {
  private final Registry registry;
  private final ModelDescription description;
  private final EngineKernels kernels;
  private final Budget budget;
  private final List<DeclaredState> states = new ArrayList<>();
  private final List<SubPlan> bodies = new ArrayList<>();
  private final LayerScope root;
  private int nodes;

  GraphBuilder(Registry registry, ModelDescription description, EngineKernels kernels, Budget budget) {
    this.registry = registry;
    this.description = description;
    this.kernels = kernels;
    this.budget = budget;
    this.root = new LayerScope(null, description.root(), "");
  }

  /** What came out: the graph, and the names of what goes in and out. */
  record Built(Graph graph, Signature signature, LayerScope root, List<DeclaredState> states, List<SubPlan> bodies) {}

  Built build() {
    List<TensorSpec> known = shapesOfBuildConfig();
    if (!(guarded(root, () -> instance(root, known)) instanceof Composite composite)) {
      throw root.error("expected a model (Sequential, Functional or a registered composite), got a single layer");
    }
    List<Composite.NamedSpec> named = composite.inputs();
    if (named.isEmpty()) {
      named = named(known);
    }
    List<Port> inputs = new ArrayList<>();
    List<GraphTensor> tensors = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (Composite.NamedSpec input : named) {
      TensorSpec spec = input.spec();
      if (spec.shape().rank() > 0) {
        spec = spec.withShape(spec.shape().with(0, Shape.UNKNOWN));
      }
      inputs.add(new Port(input.name(), "input_" + inputs.size(), spec, List.of(), input.optional()));
      GraphTensor tensor = new GraphTensor(spec, input.name());
      tensors.add(tensor);
      values.add(new GraphValue(tensor, null));
    }
    Sketch sketch = new Sketch();
    List<Value> results = guarded(
        root, () -> composite.call(new SymbolicCalls(this, sketch, root, noArguments(root)), values));
    List<GraphTensor> outputs = results.stream().map(v -> ((GraphValue) v).tensor).toList();
    Graph graph = sketch.graph(tensors, outputs);
    return new Built(graph, new Signature(inputs, ports(composite.outputNames(), outputs)), root, states, bodies);
  }

  private static List<Port> ports(List<String> names, List<GraphTensor> outputs) {
    Set<String> used = new HashSet<>();
    List<Port> ports = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      String base = names.isEmpty() ? outputs.get(i).source : names.get(Math.min(i, names.size() - 1));
      String name = base;
      for (int k = 1; !used.add(name); k++) {
        name = base + "_" + k;
      }
      ports.add(new Port(name, "output_" + i, outputs.get(i).spec, List.of(), false));
    }
    return ports;
  }

  private List<Composite.NamedSpec> named(List<TensorSpec> specs) {
    if (specs.isEmpty()) {
      throw root.error("the file does not say the shape of the input (no InputLayer, no build_config)");
    }
    List<Composite.NamedSpec> named = new ArrayList<>();
    for (TensorSpec spec : specs) {
      named.add(new Composite.NamedSpec("input_" + named.size(), spec, false));
    }
    return named;
  }

  /** The input shapes that a subclassed model was built with; empty if the file has none. */
  private List<TensorSpec> shapesOfBuildConfig() {
    if (!(root.object().get("build_config") instanceof Map<?, ?> config)) {
      return List.of();
    }
    Object shapes = config.get("input_shape");
    if (shapes == null && config.get("shapes_dict") instanceof Map<?, ?> dict) {
      shapes = new ArrayList<>(new TreeMap<>(dict).values());
    }
    if (shapes instanceof Map<?, ?> dict) {
      shapes = new ArrayList<>(new TreeMap<>(dict).values());
    }
    if (!(shapes instanceof List<?> list) || list.isEmpty()) {
      return List.of();
    }
    List<TensorSpec> specs = new ArrayList<>();
    if (list.stream().allMatch(e -> e instanceof List<?>)) {
      list.forEach(shape -> specs.add(spec((List<?>) shape)));
    } else {
      specs.add(spec(list));
    }
    return specs;
  }

  private TensorSpec spec(List<?> shape) {
    int[] dims = new int[shape.size()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = shape.get(i) instanceof Long n && n >= 0 && n <= Integer.MAX_VALUE ? n.intValue() : Shape.UNKNOWN;
    }
    if (dims.length > 0) {
      dims[0] = Shape.UNKNOWN;
    }
    return new TensorSpec(root.dtype(), Shape.of(dims));
  }

  /** A layer inside another one, declared in this order. */
  LayerScope child(LayerScope parent, Map<String, @Nullable Object> object, String path) {
    countNode();
    LayerScope child = new LayerScope(parent, object, path);
    parent.children.add(child);
    return child;
  }

  /** An operation that a composite calls: no layer of the model, so nothing is declared. */
  LayerScope inserted(LayerScope parent, Map<String, @Nullable Object> object) {
    return new LayerScope(parent, object, parent.path());
  }

  /** {@code layers/dense_1}: the class in snake case, counted within its list; operations are no layers. */
  String listPath(
      LayerScope parent, String attribute, String base, Map<String, Integer> counts, Map<String, ?> object) {
    if (LayerScope.isOperation(String.valueOf(object.get("module")))) {
      return parent.childPath(attribute + "/" + base);
    }
    String group = base.equals("group_query_attention") ? "grouped_query_attention" : base;
    int index = counts.merge(group, 1, Integer::sum) - 1;
    return parent.childPath(attribute + "/" + group + (index == 0 ? "" : "_" + index));
  }

  /** By attribute name; where the file has no such group (a subclassed model), by class among {@code layers}. */
  String attributePath(LayerScope parent, String attribute, String className) {
    String byName = parent.childPath(attribute);
    if (!(description.weights() instanceof WeightSource.ByPath paths) || paths.hasGroup(byName)) {
      return byName;
    }
    String base = Names.snake(className);
    long before = parent.children.stream().filter(c -> Names.snake(c.className()).equals(base)).count();
    String byClass = parent.childPath("layers/" + base + (before == 0 ? "" : "_" + before));
    return paths.hasGroup(byClass) ? byClass : byName;
  }

  /** The layer or composite of that place, made at its first call. */
  Object instance(LayerScope scope, List<TensorSpec> inputs) {
    Object made = scope.instance;
    if (made == null) {
      made = make(scope, new Declaration(this, scope, inputs));
      scope.instance = made;
      List<String> unread = scope.config().unread();
      if (!unread.isEmpty()) {
        throw scope.failure(
            Reason.UNSUPPORTED,
            "config '" + unread.get(0) + "' = " + scope.config().raw().get(unread.get(0)) + " is not supported");
      }
    }
    return made;
  }

  private Object make(LayerScope scope, Declaration declaration) {
    return switch (resolve(scope)) {
      case Registry.LayerEntry layer -> layer.factory().create(declaration);
      case Registry.CompositeEntry composite -> composite.factory().create(declaration);
      case Registry.ActivationEntry activation -> {
        declaration.config().ignore(declaration.config().keys().toArray(String[]::new));
        yield ApplyActivation.of(activation.activation());
      }
      case Registry.TextEntry text -> throw scope.error("'%s' is a text function, not a layer", scope.className());
    };
  }

  boolean isComposite(LayerScope scope) {
    return resolve(scope) instanceof Registry.CompositeEntry;
  }

  private Registry.Entry resolve(LayerScope scope) {
    Registry.Entry found = scope.entry;
    if (found == null) {
      found =
          (scope.isOperation()
                  ? registry.operation(scope.module(), scope.className())
                  : registry.layer(scope.registeredName(), scope.className()))
              .orElseThrow(() -> unknown(scope));
      scope.entry = found;
    }
    return found;
  }

  private InferenceException unknown(LayerScope scope) {
    String wanted = scope.registeredName().isEmpty() ? scope.className() : scope.registeredName();
    List<String> near =
        scope.isOperation()
            ? registry.operationsNear(scope.module(), scope.className())
            : registry.layersNear(wanted);
    LayerScope around = scope.parent();
    String place = around == null
        ? ""
        : " (layer " + (around.children.indexOf(scope) + 1) + " of " + around.children.size() + ")";
    return scope.failure(
        Reason.UNKNOWN_LAYER,
        "unknown " + (scope.isOperation() ? "operation " + scope.module() + "." : "layer class ") + "'" + wanted + "'"
            + place + (near.isEmpty() ? "" : "; near: " + String.join(", ", near))
            + "; supply it by a plug-in jar that registers '" + wanted + "' (--plugins DIR)");
  }

  /** Every layer of the description that nobody registered. */
  List<Problem> unknownLayers() {
    List<Problem> problems = new ArrayList<>();
    collectUnknown(root, problems);
    return problems;
  }

  private void collectUnknown(LayerScope scope, List<Problem> problems) {
    try {
      resolve(scope);
    } catch (InferenceException e) {
      problems.add(new Problem(scope.fullName(), scope.className(), e.reason(), String.valueOf(e.getMessage())));
    }
    for (Object value : scope.config().raw().values()) {
      collectUnknown(scope, value, problems);
    }
  }

  @SuppressWarnings("unchecked")
  private void collectUnknown(LayerScope scope, @Nullable Object value, List<Problem> problems) {
    if (value instanceof List<?> list && list.stream().allMatch(GraphBuilder::isLayer)) {
      for (Object element : list) {
        collectUnknown(child(scope, (Map<String, @Nullable Object>) element, ""), problems);
      }
    } else if (value != null && isLayer(value)) {
      collectUnknown(child(scope, (Map<String, @Nullable Object>) value, ""), problems);
    }
  }

  private static boolean isLayer(@Nullable Object value) {
    return value instanceof Map<?, ?> map
        && map.get("class_name") instanceof String
        && map.get("config") instanceof Map<?, ?> config
        && (config.get("name") instanceof String && (config.containsKey("trainable") || config.containsKey("layers")));
  }

  /** A part that a layer runs by itself. */
  Body body(LayerScope scope, Composite step, List<TensorSpec> inputs) {
    Sketch sketch = new Sketch();
    List<GraphTensor> tensors = new ArrayList<>();
    List<Value> values = new ArrayList<>();
    for (TensorSpec spec : inputs) {
      GraphTensor tensor = new GraphTensor(spec, scope.name());
      tensors.add(tensor);
      values.add(new GraphValue(tensor, null));
    }
    int statesBefore = states.size();
    List<Value> results = step.call(new SymbolicCalls(this, sketch, scope, noArguments(scope)), values);
    if (states.size() > statesBefore) {
      throw scope.failure(Reason.UNSUPPORTED, "a stateful layer inside a loop is not supported");
    }
    SubPlan body = new SubPlan(
        sketch.graph(tensors, results.stream().map(v -> ((GraphValue) v).tensor).toList()), kernels);
    bodies.add(body);
    return body;
  }

  private static NodeCall noArguments(LayerScope scope) {
    return new NodeCall(scope.label(), List.of(), new boolean[0], List.of(), Map.of());
  }

  void countNode() {
    Budget.check("nodes", budget.nodes(), ++nodes, "layers and calls of model '" + description.name() + "'");
  }

  /** Runs a step of building on behalf of a layer; whatever goes wrong names it. */
  <T> T guarded(LayerScope scope, Supplier<T> step) {
    try {
      return step.get();
    } catch (InferenceException e) {
      throw e.with("layer", scope.fullName());
    } catch (RuntimeException | StackOverflowError e) {
      String plugin = scope.plugin();
      if (!plugin.isEmpty()) {
        throw new InferenceException(
            Reason.PLUGIN_FAILED,
            Map.of("layer", scope.fullName(), "plugin", plugin),
            scope.label() + " of plug-in " + plugin + " failed: " + e,
            e);
      }
      throw new InferenceException(
          Reason.INVALID_MODEL,
          Map.of("layer", scope.fullName()),
          scope.label() + " cannot be built: " + String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT),
          e);
    }
  }

  Registry registry() {
    return registry;
  }

  KerasVersion kerasVersion() {
    return description.kerasVersion();
  }

  Assets assets() {
    return description.assets();
  }

  EngineKernels kernels() {
    return kernels;
  }

  List<DeclaredState> states() {
    return states;
  }
}
