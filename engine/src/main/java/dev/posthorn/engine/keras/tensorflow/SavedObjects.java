package dev.posthorn.engine.keras.tensorflow;

import dev.posthorn.engine.Budget;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a {@code saved_model.pb}, as far as vocabularies need them: an adapted lookup layer keeps its tokens as
 * constants of the graph, which the function that fills its table is bound to. Source:
 * tensorflow/core/protobuf/saved_object_graph.proto.
 */
public final class SavedObjects {
  private static final String TABLE = "lookup_table";
  private static final String FILL = "_initialize";
  private static final int STRING = 7;
  private static final int INT64 = 9;

  /** An object: its attributes, and what it is if it is a function or a constant. */
  private record Node(Map<String, Integer> children, List<String> functions, String constant) {}

  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, long[]> bound = new HashMap<>();
  private final Map<String, Span> constants = new HashMap<>();
  private final String what;
  private final Budget budget;

  private SavedObjects(String what, Budget budget) {
    this.what = what;
    this.budget = budget;
  }

  /**
   * Reads a SavedModel message.
   *
   * @throws InferenceException INVALID_MODEL if it is damaged, TOO_LARGE
   */
  public static SavedObjects read(Span file, String what, Budget budget) {
    SavedObjects objects = new SavedObjects(what, budget);
    boolean found = false;
    for (Fields model = new Fields(file, what); model.next(); ) {
      if (model.number() == 2 && !found) {
        found = true;
        objects.metaGraph(model.message());
      }
    }
    return objects;
  }

  private void metaGraph(Fields graph) {
    while (graph.next()) {
      switch (graph.number()) {
        case 2 -> constants(graph.message());
        case 7 -> objects(graph.message());
        default -> {}
      }
    }
  }

  private void constants(Fields graph) {
    while (graph.next()) {
      if (graph.number() != 1) {
        continue;
      }
      String name = "";
      String operation = "";
      Fields node = graph.message();
      while (node.next()) {
        switch (node.number()) {
          case 1 -> name = node.text();
          case 2 -> operation = node.text();
          default -> {}
        }
      }
      if (operation.equals("Const")) {
        Budget.check("tensors", budget.tensors(), constants.size() + 1L, what + ": constants");
        constants.put(name, graph.bytes());
      }
    }
  }

  private void objects(Fields graph) {
    while (graph.next()) {
      switch (graph.number()) {
        case 1 -> {
          Budget.check("nodes", budget.nodes(), nodes.size() + 1L, what + ": objects");
          nodes.add(node(graph.message()));
        }
        case 2 -> {
          String name = "";
          long[] inputs = {};
          for (Fields entry = graph.message(); entry.next(); ) {
            switch (entry.number()) {
              case 1 -> name = entry.text();
              case 2 -> inputs = boundInputs(entry.message());
              default -> {}
            }
          }
          bound.put(name, inputs);
        }
        default -> {}
      }
    }
  }

  private static long[] boundInputs(Fields function) {
    List<long[]> parts = new ArrayList<>();
    while (function.next()) {
      if (function.number() == 2) {
        parts.add(function.integers());
      }
    }
    return parts.stream().flatMapToLong(java.util.Arrays::stream).toArray();
  }

  private static Node node(Fields object) {
    Map<String, Integer> children = new HashMap<>();
    List<String> functions = new ArrayList<>();
    String constant = "";
    while (object.next()) {
      switch (object.number()) {
        case 1 -> {
          int child = 0;
          String name = "";
          for (Fields edge = object.message(); edge.next(); ) {
            switch (edge.number()) {
              case 1 -> child = edge.index();
              case 2 -> name = edge.text();
              default -> {}
            }
          }
          children.put(name, child);
        }
        case 6 -> {
          for (Fields function = object.message(); function.next(); ) {
            if (function.number() == 1) {
              functions.add(function.text());
            }
          }
        }
        case 9 -> {
          for (Fields value = object.message(); value.next(); ) {
            if (value.number() == 1) {
              constant = value.text();
            }
          }
        }
        default -> {}
      }
    }
    return new Node(children, functions, constant);
  }

  /** The object at the end of that edge. */
  public OptionalInt child(int object, String name) {
    Integer child = object < nodes.size() ? nodes.get(object).children().get(name) : null;
    return child == null || child >= nodes.size() ? OptionalInt.empty() : OptionalInt.of(child);
  }

  /**
   * The tokens of a lookup layer, in the order of their indices: String or Long.
   *
   * @param invert whether its table goes from indices to tokens
   * @return empty if the layer's table is filled from elsewhere
   * @throws InferenceException INVALID_MODEL if the constants are damaged
   */
  public Optional<List<Object>> tokens(int layer, boolean invert) {
    OptionalInt table = child(layer, TABLE);
    OptionalInt fill = table.isEmpty() ? table : child(table.getAsInt(), FILL);
    if (fill.isEmpty()) {
      return Optional.empty();
    }
    for (String function : nodes.get(fill.getAsInt()).functions()) {
      long[] inputs = bound.getOrDefault(function, new long[0]);
      if (inputs.length == 3) {
        List<Object> keys = values(inputs[1]);
        List<Object> values = values(inputs[2]);
        return Optional.of(ordered(invert ? values : keys, invert ? keys : values));
      }
    }
    return Optional.empty();
  }

  private List<Object> ordered(List<Object> tokens, List<Object> indices) {
    if (tokens.size() != indices.size()) {
      throw damaged("a lookup table has " + tokens.size() + " tokens and " + indices.size() + " indices");
    }
    record Token(Object token, long index) {}
    List<Token> pairs = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      if (!(indices.get(i) instanceof Long index)) {
        throw damaged("the indices of a lookup table are no integers");
      }
      pairs.add(new Token(tokens.get(i), index));
    }
    pairs.sort(java.util.Comparator.comparingLong(Token::index));
    return List.copyOf(pairs.stream().map(Token::token).toList());
  }

  private List<Object> values(long object) {
    Span constant = object >= 0 && object < nodes.size() ? constants.get(nodes.get((int) object).constant()) : null;
    if (constant == null) {
      throw damaged("object " + object + " is no constant");
    }
    for (Fields node = new Fields(constant, what); node.next(); ) {
      if (node.number() == 5) {
        Span value = attribute(node.message());
        if (value != null) {
          return tensor(new Fields(value, what));
        }
      }
    }
    throw damaged("a constant has no value");
  }

  /** The tensor of the attribute {@code value}. */
  private static @Nullable Span attribute(Fields entry) {
    String name = "";
    Span tensor = null;
    while (entry.next()) {
      switch (entry.number()) {
        case 1 -> name = entry.text();
        case 2 -> {
          for (Fields value = entry.message(); value.next(); ) {
            if (value.number() == 8) {
              tensor = value.bytes();
            }
          }
        }
        default -> {}
      }
    }
    return name.equals("value") ? tensor : null;
  }

  private List<Object> tensor(Fields tensor) {
    int type = 0;
    long size = 1;
    List<Object> values = new ArrayList<>();
    while (tensor.next()) {
      switch (tensor.number()) {
        case 1 -> type = tensor.index();
        case 2 -> {
          for (long dim : TensorShape.read(tensor.message())) {
            size = dim < 0 || dim != 0 && size > Integer.MAX_VALUE / dim ? Integer.MAX_VALUE : size * dim;
          }
        }
        case 4 -> {
          Span content = tensor.bytes();
          var longs =
              java.nio.ByteBuffer.wrap(content.array(), content.from(), content.length())
                  .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                  .asLongBuffer();
          while (longs.hasRemaining()) {
            values.add(longs.get());
          }
        }
        case 8 -> values.add(tensor.text());
        case 10 -> {
          for (long value : tensor.integers()) {
            values.add(value);
          }
        }
        default -> {}
      }
    }
    if (type != STRING && type != INT64) {
      throw damaged("a lookup table has constants of TensorFlow's type " + type);
    }
    if (values.size() == 1 && size > 1) {
      throw new InferenceException(
          Reason.INVALID_MODEL, what + " is damaged: a lookup table of " + size + " tokens repeats one");
    }
    if (values.size() != size) {
      throw damaged("a lookup table declares " + size + " tokens, but stores " + values.size());
    }
    return values;
  }

  private InferenceException damaged(String problem) {
    return new InferenceException(Reason.INVALID_MODEL, what + " is damaged: " + problem);
  }
}
