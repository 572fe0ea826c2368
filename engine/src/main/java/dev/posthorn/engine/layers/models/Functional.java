package dev.posthorn.engine.layers.models;

import dev.posthorn.engine.layers.models.Endpoints.Endpoint;
import dev.posthorn.spi.Calls;
import dev.posthorn.spi.Composite;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A graph of layers: keras.Model in its functional form. Every call of a layer is an inbound node; tensors are named by
 * layer, call and position, and the order of the layers in the file says nothing about the order of the calls.
 */
final class Functional implements Composite {
  private static final String INPUT = "InputLayer";

  private final LayerSpec spec;
  private final String place;
  private final List<SubLayer> layers;
  private final List<InboundNode> nodes = new ArrayList<>();
  private final Map<TensorRef, Integer> firstTensors = new HashMap<>();
  private final Map<String, TensorSpec> declared = new HashMap<>();
  private final Set<String> optionalInputs = new HashSet<>();
  private final List<NamedSpec> inputs = new ArrayList<>();
  private final List<Endpoint> inputEndpoints;
  private final List<Endpoint> outputEndpoints;
  private final List<Integer> order;

  Functional(LayerSpec spec) {
    this.spec = spec;
    this.place = spec.className() + " '" + spec.name() + "'";
    Config config = spec.config();
    layers = spec.subs("layers");
    readNodes(config.configs("layers"));
    inputEndpoints = endpoints(config, "input_layers");
    outputEndpoints = endpoints(config, "output_layers");
    for (Endpoint endpoint : inputEndpoints) {
      String name = endpoint.ref().layer();
      TensorSpec input = declared.get(name);
      if (input == null) {
        throw spec.error("input_layers names '%s', which is no InputLayer of the model", name);
      }
      boolean optional = optionalInputs.contains(name);
      inputs.add(new NamedSpec(endpoint.key() == null ? name : endpoint.key(), input, optional));
    }
    order = order();
  }

  private void readNodes(List<Config> objects) {
    Map<String, Integer> indices = new LinkedHashMap<>();
    for (int i = 0; i < layers.size(); i++) {
      String name = objects.get(i).string("name", layers.get(i).name());
      if (indices.putIfAbsent(name, i) != null) {
        throw spec.error("two layers are named '%s'", name);
      }
    }
    List<String> names = List.copyOf(indices.keySet());
    for (int i = 0; i < layers.size(); i++) {
      String name = names.get(i);
      Object value = objects.get(i).value("inbound_nodes");
      List<?> inbound = value instanceof List<?> list ? list : List.of();
      if (layers.get(i).className().equals(INPUT)) {
        Config input = objects.get(i).config("config").orElseThrow(() -> spec.error("input '%s' has no config", name));
        declared.put(name, InputLayer.declared(input));
        if (input.flag("optional", false)) {
          optionalInputs.add(name);
        }
        add(name, new InboundNode(i, 0, List.of(), Map.of(), List.of()));
        continue;
      }
      for (int call = 0; call < inbound.size(); call++) {
        InboundNode node = InboundNode.of(i, call, inbound.get(call), indices.keySet());
        if (node == null) {
          throw spec.error("inbound node %d of layer '%s' is not of a known form", call, name);
        }
        add(name, node);
      }
    }
  }

  private void add(String name, InboundNode node) {
    firstTensors.put(new TensorRef(name, node.call(), 0), nodes.size());
    nodes.add(node);
  }

  private List<Endpoint> endpoints(Config config, String key) {
    List<Endpoint> found = Endpoints.of(config.value(key));
    if (found == null) {
      throw spec.error("%s: expected [layer, node, tensor] in lists or objects", key);
    }
    return found;
  }

  private List<Integer> order() {
    int[][] sources = new int[nodes.size()][];
    for (int i = 0; i < sources.length; i++) {
      InboundNode node = nodes.get(i);
      String user = "layer '" + layers.get(node.layer()).name() + "'";
      sources[i] = node.sources().stream().mapToInt(ref -> maker(ref, user)).toArray();
    }
    CallOrder sorted =
        new CallOrder(sources, outputEndpoints.stream().mapToInt(e -> maker(e.ref(), "output_layers")).toArray());
    sorted.onCycle().ifPresent(call -> {
      throw spec.error("layer '%s' depends on its own output", layers.get(nodes.get(call).layer()).name());
    });
    return List.copyOf(sorted.order());
  }

  private int maker(TensorRef ref, String user) {
    Integer node = firstTensors.get(new TensorRef(ref.layer(), ref.node(), 0));
    if (node == null) {
      throw spec.error("%s takes a tensor of %s, which the model does not have", user, ref);
    }
    return node;
  }

  @Override
  public List<NamedSpec> inputs() {
    return List.copyOf(inputs);
  }

  @Override
  public List<String> outputNames() {
    Map<String, Integer> uses = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (Endpoint endpoint : outputEndpoints) {
      String name = endpoint.key() == null ? endpoint.ref().layer() : endpoint.key();
      int use = uses.merge(name, 1, Integer::sum);
      names.add(use == 1 ? name : name + "_" + (use - 1));
    }
    return names;
  }

  @Override
  public List<Value> call(Calls calls, List<Value> given) {
    calls.arguments().ignore("mask", "training");
    if (given.size() != inputEndpoints.size()) {
      throw error("expected %d inputs, got %d", inputEndpoints.size(), given.size());
    }
    Map<String, Value> outer = new HashMap<>();
    for (int i = 0; i < given.size(); i++) {
      outer.put(inputEndpoints.get(i).ref().layer(), given.get(i));
    }
    List<@Nullable List<Value>> results = new ArrayList<>(Collections.nCopies(nodes.size(), null));
    for (int index : order) {
      InboundNode node = nodes.get(index);
      SubLayer layer = layers.get(node.layer());
      results.set(index, layer.className().equals(INPUT) ? input(calls, layer, outer) : run(calls, node, results));
    }
    return outputEndpoints.stream().map(e -> value(e.ref(), results)).toList();
  }

  private List<Value> input(Calls calls, SubLayer layer, Map<String, Value> outer) {
    Value value = outer.get(layer.name());
    if (value == null) {
      throw error("InputLayer '%s' is used but not listed in input_layers", layer.name());
    }
    TensorSpec wanted = declared.get(layer.name());
    if (wanted != null && wanted.dtype() != value.spec().dtype()) {
      value = calls.operation("keras.src.ops.core", "Cast", value, wanted.dtype().kerasName());
    }
    return calls.call(layer, value);
  }

  private List<Value> run(Calls calls, InboundNode node, List<@Nullable List<Value>> results) {
    List<@Nullable Object> positional = new ArrayList<>();
    for (Object argument : node.positional()) {
      positional.add(InboundNode.resolve(argument, ref -> value(ref, results)));
    }
    Map<String, @Nullable Object> keywords = new LinkedHashMap<>();
    node.keywords().forEach((key, argument) ->
        keywords.put(key, InboundNode.resolve(argument, ref -> value(ref, results))));
    return calls.call(layers.get(node.layer()), positional, keywords);
  }

  private Value value(TensorRef ref, List<@Nullable List<Value>> results) {
    Integer maker = firstTensors.get(new TensorRef(ref.layer(), ref.node(), 0));
    List<Value> values = maker == null ? null : results.get(maker);
    if (values == null || ref.tensor() < 0 || ref.tensor() >= values.size()) {
      throw error("layer '%s' has no tensor %d (of %d)", ref.layer(), ref.tensor(), values == null ? 0 : values.size());
    }
    return values.get(ref.tensor());
  }

  /** The spec's own errors end with the constructor. */
  private InferenceException error(String message, Object... values) {
    return new InferenceException(
        Reason.INVALID_MODEL,
        Map.of("layer", place),
        place + ": " + String.format(Locale.ROOT, message, values));
  }
}
