package dev.posthorn.engine.keras.legacy;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a layer, from the forms of {@code inbound_nodes} in Keras 1 and 2 to that of Keras 3. A node is a list of
 * {@code [layer, node, tensor, keywords]}, or just one of them where the layer was called with one tensor; a structure of
 * tensors stands as the same structure of these.
 */
final class LegacyNodes {
  private static final String CONSTANT = "_CONSTANT_VALUE";

  /** Called with their states behind the sequence. */
  private static final Set<String> RECURRENT =
      Set.of("RNN", "LSTM", "GRU", "SimpleRNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D");

  private final Set<String> layers;
  private final UnaryOperator<TensorName> renumbered;

  /**
   * Reads nodes of one model.
   *
   * @param layers the names that tensors may have
   * @param renumbered what a tensor of the file is called in the translation
   */
  LegacyNodes(Set<String> layers, UnaryOperator<TensorName> renumbered) {
    this.layers = layers;
    this.renumbered = renumbered;
  }

  /** One call: the first argument, and the others by name; tensors as {@link TensorName}. */
  record Node(@Nullable Object first, Map<String, @Nullable Object> keywords) {}

  /** All calls of a layer. */
  List<Node> read(@Nullable Object inbound, String place) {
    List<Node> nodes = new ArrayList<>();
    if (inbound instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        nodes.add(node(list.get(i), place + ": inbound node " + i));
      }
    }
    return nodes;
  }

  private Node node(@Nullable Object value, String place) {
    Map<String, @Nullable Object> keywords = new LinkedHashMap<>();
    Object first = structure(value, keywords, place);
    if (first instanceof List<?> list && list.size() == 1) {
      first = list.get(0);
    }
    return new Node(first, keywords);
  }

  private @Nullable Object structure(@Nullable Object value, Map<String, @Nullable Object> keywords, String place) {
    if (value instanceof List<?> entry && isEntry(entry)) {
      if (entry.size() > 3 && entry.get(3) instanceof Map<?, ?> given) {
        given.forEach((key, argument) -> keywords.put(String.valueOf(key), argument(argument)));
      }
      return CONSTANT.equals(entry.get(0)) ? argument(entry.get(2)) : tensor(entry, place);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> parts = new ArrayList<>();
      for (Object part : list) {
        parts.add(structure(part, keywords, place));
      }
      return parts;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> parts = new LinkedHashMap<>();
      map.forEach((key, part) -> parts.put(String.valueOf(key), structure(part, keywords, place)));
      return parts;
    }
    throw new InferenceException(
        Reason.INVALID_MODEL, place + ": expected [layer, node, tensor], got " + value);
  }

  private static boolean isEntry(List<?> list) {
    return (list.size() == 3 || list.size() == 4) && list.get(0) instanceof String && list.get(1) instanceof Long;
  }

  private TensorName tensor(List<?> entry, String place) {
    TensorName name = TensorName.of(entry);
    if (name == null) {
      throw new InferenceException(Reason.INVALID_MODEL, place + ": expected [layer, node, tensor], got " + entry);
    }
    return renumbered.apply(name);
  }

  /** A keyword argument, in which lists of three are tensors if they name a layer. */
  private @Nullable Object argument(@Nullable Object value) {
    if (value instanceof List<?> list) {
      TensorName name = list.size() == 3 ? TensorName.of(list) : null;
      if (name != null && layers.contains(name.layer())) {
        return renumbered.apply(name);
      }
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(argument(element)));
      return copy;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, element) -> copy.put(String.valueOf(key), argument(element)));
      return copy;
    }
    return value;
  }

  /** The call of an ordinary layer as Keras 3 writes it. */
  static Map<String, @Nullable Object> call(String className, Node node) {
    Map<String, @Nullable Object> keywords = new LinkedHashMap<>(node.keywords());
    keywords.values().removeIf(value -> value == null);
    Object first = node.first();
    if (RECURRENT.contains(className) && first instanceof List<?> sequenceAndStates && !sequenceAndStates.isEmpty()) {
      keywords.put("initial_state", sequenceAndStates.subList(1, sequenceAndStates.size()));
      first = sequenceAndStates.get(0);
    }
    List<@Nullable Object> positional = new ArrayList<>();
    positional.add(first);
    return node(positional, keywords);
  }

  /** A call of Keras 3. */
  static Map<String, @Nullable Object> node(List<?> positional, Map<String, ?> keywords) {
    Map<String, @Nullable Object> node = new LinkedHashMap<>();
    node.put("args", objects(positional));
    node.put("kwargs", objects(keywords));
    return node;
  }

  private static @Nullable Object objects(@Nullable Object value) {
    if (value instanceof TensorName tensor) {
      return tensor.object();
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(objects(element)));
      return copy;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, element) -> copy.put(String.valueOf(key), objects(element)));
      return copy;
    }
    return value;
  }
}
