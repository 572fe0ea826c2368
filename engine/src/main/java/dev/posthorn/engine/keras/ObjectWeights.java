package dev.posthorn.engine.keras;

import dev.posthorn.engine.Names;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.engine.keras.tensorflow.ObjectGraph;
import dev.posthorn.engine.keras.tensorflow.TensorBundle;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a TensorFlow checkpoint by the paths that Keras 3 would give them. Each path is followed twice: through
 * the architecture, to learn which layer is meant, and through the checkpoint's graph of objects, where a model's layers
 * are {@code layer-0, layer-1, ...} and everything else has the name of a Python attribute. Thread-safe.
 */
final class ObjectWeights implements WeightSource.ByPath {
  private static final String LAYERS = "layers";
  private static final String VARIABLES = "vars";

  /** Where Keras 2 called a weight otherwise. */
  private static final Map<String, List<String>> OTHER_NAMES =
      Map.of(
          "kernel", List.of("depthwise_kernel"),
          "depthwise_kernel", List.of("kernel"),
          "mean", List.of("adapt_mean"),
          "variance", List.of("adapt_variance"));

  /** Bidirectional has one layer in its config, and two as attributes. */
  private static final Map<String, String> CONFIGURED_AS = Map.of("forward_layer", "layer", "backward_layer", "layer");

  private final TensorBundle bundle;
  private final ObjectGraph graph;
  private final int root;
  private final Map<String, @Nullable Object> model;
  private final Map<String, @Nullable Object> written;

  /**
   * Sees a checkpoint as a model's weights.
   *
   * @param root the model's node
   * @param model the architecture as Keras 3 writes it
   * @param written the architecture as it was written, whose layers are numbered in the graph
   */
  ObjectWeights(
      TensorBundle bundle,
      ObjectGraph graph,
      int root,
      Map<String, @Nullable Object> model,
      Map<String, @Nullable Object> written) {
    this.bundle = bundle;
    this.graph = graph;
    this.root = root;
    this.model = model;
    this.written = written;
  }

  /** The node of the model in a graph: its root, or what {@code tf.train.Checkpoint(model=...)} was given. */
  static OptionalInt modelNode(ObjectGraph graph) {
    if (graph.child(0, layer(0)).isPresent()) {
      return OptionalInt.of(0);
    }
    OptionalInt inner = graph.child(0, "model");
    return inner.isPresent() && graph.child(inner.getAsInt(), layer(0)).isPresent() ? inner : OptionalInt.empty();
  }

  static String layer(int index) {
    return "layer-" + index;
  }

  /** A place in the graph, and what the two forms of the architecture say of it; null where they say nothing. */
  private record Place(int node, @Nullable Object config, @Nullable Object written) {}

  @Override
  public boolean hasGroup(String path) {
    return place(path.split("/", -1), Integer.MAX_VALUE) != null;
  }

  @Override
  public Optional<StoredArray> find(String path) {
    String[] names = path.split("/", -1);
    int last = names.length - 1;
    if (last < 1 || !names[last - 1].equals(VARIABLES)) {
      return Optional.empty();
    }
    Place owner = place(names, last - 1);
    if (owner == null) {
      return Optional.empty();
    }
    return variable(owner.node(), names[last])
        .or(() -> OTHER_NAMES.getOrDefault(names[last], List.of()).stream()
            .flatMap(other -> variable(owner.node(), other).stream())
            .findFirst());
  }

  private Optional<StoredArray> variable(int node, String name) {
    OptionalInt child = graph.child(node, name);
    return child.isEmpty() ? Optional.empty() : graph.key(child.getAsInt()).map(this::array);
  }

  private StoredArray array(String key) {
    return bundle
        .find(key)
        .map(BundleArray::new)
        .orElseThrow(
            () -> new InferenceException(Reason.MISSING_WEIGHTS, "the checkpoint names '" + key + "', but does not hold it"));
  }

  private @Nullable Place place(String[] names, int count) {
    Place at = new Place(root, model, written);
    for (int i = 0; i < Math.min(count, names.length) && at != null; i++) {
      List<?> list = i + 1 < names.length ? list(at, names[i]) : null;
      if (list == null) {
        at = attribute(at, names[i]);
      } else {
        at = element(at, names[i], names[++i], list);
      }
    }
    return at;
  }

  private static @Nullable List<?> list(Place at, String attribute) {
    return config(at.config()).get(attribute) instanceof List<?> list ? list : null;
  }

  private @Nullable Place attribute(Place at, String name) {
    OptionalInt node = graph.child(at.node(), name);
    if (node.isEmpty()) {
      node = graph.child(at.node(), "_" + name);
    }
    return node.isEmpty() ? null : new Place(node.getAsInt(), inner(at.config(), name), inner(at.written(), name));
  }

  private static @Nullable Object inner(@Nullable Object object, String name) {
    Map<?, ?> config = config(object);
    Object own = config.get(name);
    return own != null ? own : config.get(CONFIGURED_AS.getOrDefault(name, name));
  }

  /** {@code layers/dense_1}: the second of its class in the list. */
  private @Nullable Place element(Place at, String attribute, String group, List<?> list) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < list.size(); i++) {
      if (!(list.get(i) instanceof Map<?, ?> layer) || isOperation(layer)) {
        continue;
      }
      String base = Names.snake(String.valueOf(layer.get("class_name")));
      int index = counts.merge(base, 1, Integer::sum) - 1;
      if (group.equals(index == 0 ? base : base + "_" + index)) {
        return attribute.equals(LAYERS) ? layer(at, layer) : member(at, attribute, layer, i);
      }
    }
    return null;
  }

  private static boolean isOperation(Map<?, ?> layer) {
    return layer.get("module") instanceof String module
        && (module.startsWith("keras.src.ops.") || module.startsWith("keras.src.activations."));
  }

  private @Nullable Place member(Place at, String attribute, Map<?, ?> layer, int index) {
    OptionalInt list = graph.child(at.node(), attribute);
    OptionalInt node = list.isEmpty() ? list : graph.child(list.getAsInt(), Integer.toString(index));
    List<?> old = list(new Place(at.node(), at.written(), null), attribute);
    return node.isEmpty()
        ? null
        : new Place(node.getAsInt(), layer, old != null && index < old.size() ? old.get(index) : null);
  }

  private @Nullable Place layer(Place at, Map<?, ?> layer) {
    Object name = name(layer);
    List<?> layers = layers(at.written());
    boolean inputsCount = graph.child(at.node(), layer(layers.size() - 1)).isPresent();
    int index = 0;
    for (Object each : layers) {
      if (each instanceof Map<?, ?> old && Objects.equals(name(old), name)) {
        OptionalInt node = graph.child(at.node(), layer(index));
        return node.isEmpty() ? null : new Place(node.getAsInt(), layer, old);
      }
      boolean input = each instanceof Map<?, ?> old && "InputLayer".equals(old.get("class_name"));
      index += input && !inputsCount ? 0 : 1;
    }
    return null;
  }

  /** The layers of a network; the config of an old Sequential is the list itself. */
  static List<?> layers(@Nullable Object network) {
    Object config = network instanceof Map<?, ?> map ? map.get("config") : null;
    return config instanceof List<?> list ? list : config(network).get(LAYERS) instanceof List<?> list ? list : List.of();
  }

  static Map<?, ?> config(@Nullable Object object) {
    return object instanceof Map<?, ?> map && map.get("config") instanceof Map<?, ?> config ? config : Map.of();
  }

  /** A layer's name, which Keras repeats beside the config in functional models. */
  static @Nullable Object name(Map<?, ?> layer) {
    Object own = config(layer).get("name");
    return own != null ? own : layer.get("name");
  }
}
