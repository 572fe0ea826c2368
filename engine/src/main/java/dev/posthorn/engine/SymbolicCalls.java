package dev.posthorn.engine;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Argument;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Calls;
import dev.posthorn.spi.Composite;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Draws the calls that a composite makes into a sketch. */
final class SymbolicCalls implements Calls {
  private final GraphBuilder builder;
  private final Sketch sketch;
  private final LayerScope scope;
  private final CallSpec own;

  SymbolicCalls(GraphBuilder builder, Sketch sketch, LayerScope scope, CallSpec own) {
    this.builder = builder;
    this.sketch = sketch;
    this.scope = scope;
    this.own = own;
  }

  @Override
  public Config arguments() {
    return own.arguments();
  }

  @Override
  public Argument argument(int position, String name) {
    return own.argument(position, name);
  }

  @Override
  public List<Value> call(SubLayer layer, Value... inputs) {
    return call(layer, Arrays.asList(inputs), Map.of());
  }

  @Override
  public List<Value> call(SubLayer layer, List<?> positional, Map<String, ?> keywords) {
    return builder.guarded((LayerScope) layer, () -> place((LayerScope) layer, positional, keywords));
  }

  @Override
  public Value operation(String module, String name, Object... positional) {
    return operation(module, name, Arrays.asList(positional), Map.of()).get(0);
  }

  @Override
  public List<Value> operation(String module, String name, List<?> positional, Map<String, ?> keywords) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("module", module);
    object.put("class_name", name);
    object.put("registered_name", name);
    object.put("config", new LinkedHashMap<String, @Nullable Object>());
    return call(builder.inserted(scope, object), positional, keywords);
  }

  @Override
  public Value activation(Activation activation, Value input) {
    Layer layer = ApplyActivation.of(activation);
    GraphValue value = sketch.cast((GraphValue) input, scope.dtype());
    return add(null, "activation in " + scope.label(), layer, new Flat(List.of(value)), 0).get(0);
  }

  private List<Value> place(LayerScope callee, List<?> positional, Map<String, ?> keywords) {
    Flat flat = new Flat(new ArrayList<>());
    for (Object argument : positional) {
      flat.positional.add(flat.argument(argument));
    }
    keywords.forEach((key, value) -> {
      if (key.equals("mask")) {
        flat.mask(value);
      } else {
        flat.keywords.put(key, flat.argument(value));
      }
    });
    if (!callee.isOperation() && !builder.isComposite(callee)) {
      flat.tensors.replaceAll(v -> v.spec().dtype().isFloating() ? sketch.cast(v, callee.dtype()) : v);
    }
    Object instance = builder.instance(callee, flat.specs());
    if (callee.calls == 0) {
      callee.firstInputs = flat.tensors.stream().map(v -> v.tensor.source).toList();
    }
    int index = callee.calls++;
    List<Value> results =
        instance instanceof Composite composite
            ? inline(callee, composite, flat, index)
            : addLayer(callee, (Layer) instance, flat, index);
    if (index == 0 && !results.isEmpty()) {
      callee.firstOutput = results.get(0).spec().shape();
    }
    return results;
  }

  private List<Value> inline(LayerScope callee, Composite composite, Flat flat, int index) {
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < flat.tensors.size(); i++) {
      inputs.add(flat.tensors.get(i).withMask(flat.maskOf(i)));
    }
    NodeCall call = flat.call(callee.label());
    List<Value> results = composite.call(new SymbolicCalls(builder, sketch, callee, call), inputs);
    List<GraphTensor> tensors = new ArrayList<>();
    List<@Nullable GraphTensor> masks = new ArrayList<>();
    for (Value result : results) {
      GraphValue value = (GraphValue) result;
      GraphValue mask = value.mask();
      tensors.add(value.tensor);
      masks.add(mask == null ? null : mask.tensor);
    }
    sketch.composites.add(new Graph.CompositeCall(callee, index, sketch.nodes.size(), tensors, masks));
    return results;
  }

  private List<Value> addLayer(LayerScope callee, Layer layer, Flat flat, int index) {
    if (layer.castsInputs()) {
      if (flat.tensors.stream().anyMatch(v -> v.spec().dtype() == DType.STRING)) {
        throw callee.failure(Reason.INVALID_MODEL, "expected numbers, got text");
      }
      flat.tensors.replaceAll(
          v -> v.spec().dtype() == DType.BOOL || v.spec().dtype().isInteger() ? sketch.cast(v, callee.dtype()) : v);
    }
    DType computes = callee.isOperation() ? flat.floating() : callee.dtype();
    if (computes != DType.FLOAT32 && !layer.supports(computes)) {
      throw callee.failure(
          Reason.UNSUPPORTED, "computes in float32 only, the model asks for " + computes.kerasName());
    }
    return add(callee, callee.label(), layer, flat, index);
  }

  private List<Value> add(@Nullable LayerScope callee, String label, Layer layer, Flat flat, int index) {
    builder.countNode();
    NodeCall call = flat.call(label);
    List<TensorSpec> specs = layer.outputs(call);
    String source = callee == null ? scope.name() : callee.name();
    List<GraphTensor> outputs = specs.stream().map(s -> new GraphTensor(s, source)).toList();
    GraphValue mask = null;
    GraphTensor computed = null;
    switch (layer.masking()) {
      case DROP -> {}
      case PASS -> mask = flat.tensors.isEmpty() ? null : flat.maskOf(0);
      case COMPUTE -> {
        Shape shape = layer.maskShape(call);
        if (shape != null) {
          computed = new GraphTensor(new TensorSpec(DType.BOOL, shape), source);
          mask = new GraphValue(computed, null);
        }
      }
    }
    List<@Nullable GraphTensor> masks = new ArrayList<>();
    for (int i = 0; i < flat.tensors.size(); i++) {
      GraphValue of = flat.maskOf(i);
      masks.add(of == null ? null : of.tensor);
    }
    List<String> names = callee == null ? List.of() : List.of(callee.fullName());
    sketch.nodes.add(new Node(
        callee, label, layer, call, flat.tensors.stream().map(v -> v.tensor).toList(), masks, outputs, computed,
        index, names));
    List<Value> results = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      results.add(new GraphValue(outputs.get(i), i == 0 ? mask : null));
    }
    return results;
  }

  /** The arguments of a call with the tensors taken out of them. */
  private static final class Flat {
    final List<GraphValue> tensors;
    final List<Argument> positional = new ArrayList<>();
    final Map<String, Argument> keywords = new LinkedHashMap<>();
    final Map<Integer, GraphValue> masks = new LinkedHashMap<>();

    Flat(List<GraphValue> tensors) {
      this.tensors = tensors;
    }

    Argument argument(@Nullable Object value) {
      if (value instanceof GraphValue tensor) {
        tensors.add(tensor);
        return new Argument(tensors.size() - 1, null);
      }
      return new Argument(-1, constant(value));
    }

    private @Nullable Object constant(@Nullable Object value) {
      if (value instanceof GraphValue) {
        return argument(value);
      }
      if (value instanceof List<?> list) {
        List<@Nullable Object> copy = new ArrayList<>(list.size());
        list.forEach(e -> copy.add(constant(e)));
        return copy;
      }
      if (value instanceof Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((k, v) -> copy.put(String.valueOf(k), constant(v)));
        return copy;
      }
      return value;
    }

    void mask(@Nullable Object value) {
      if (value instanceof GraphValue mask) {
        masks.put(0, mask);
      } else if (value instanceof List<?> list) {
        for (int i = 0; i < list.size(); i++) {
          if (list.get(i) instanceof GraphValue mask) {
            masks.put(i, mask);
          }
        }
      }
    }

    @Nullable GraphValue maskOf(int input) {
      GraphValue given = masks.get(input);
      return given != null ? given : tensors.get(input).mask();
    }

    List<TensorSpec> specs() {
      return tensors.stream().map(GraphValue::spec).toList();
    }

    /** The type that an operation computes in: float64 if an input is. */
    DType floating() {
      return tensors.stream().map(v -> v.spec().dtype()).filter(t -> t == DType.FLOAT64).findFirst()
          .orElse(DType.FLOAT32);
    }

    NodeCall call(String label) {
      boolean[] masked = new boolean[tensors.size()];
      for (int i = 0; i < masked.length; i++) {
        masked[i] = maskOf(i) != null;
      }
      return new NodeCall(label, specs(), masked, positional, keywords);
    }
  }
}
