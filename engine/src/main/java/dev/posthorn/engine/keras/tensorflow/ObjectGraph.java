package dev.posthorn.engine.keras.tensorflow;

import dev.posthorn.engine.Budget;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The Python objects behind a checkpoint or SavedModel: node 0 is the root, edges have the names of attributes, and a
 * variable has the key of its value. May have cycles: it is only walked along given names. Source:
 * tensorflow/core/protobuf/trackable_object_graph.proto.
 */
public final class ObjectGraph {
  /** The key under which a checkpoint keeps it. */
  public static final String KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";

  private static final String VALUE = "VARIABLE_VALUE";
  private static final int EDGES_PER_NODE = 20;

  private record Node(Map<String, Integer> children, String key) {}

  private final List<Node> nodes;

  private ObjectGraph(List<Node> nodes) {
    this.nodes = nodes;
  }

  /**
   * Reads a TrackableObjectGraph.
   *
   * @throws InferenceException INVALID_MODEL if it is damaged, TOO_LARGE
   */
  public static ObjectGraph read(Span message, String what, Budget budget) {
    String place = what + ": graph of objects";
    List<Node> nodes = new ArrayList<>();
    long edges = 0;
    for (Fields graph = new Fields(message, place); graph.next(); ) {
      if (graph.number() == 1) {
        Budget.check("nodes", budget.nodes(), nodes.size() + 1L, place);
        Node node = node(graph.message());
        edges += node.children().size();
        Budget.check("nodes", (long) EDGES_PER_NODE * budget.nodes(), edges, place + ": edges");
        nodes.add(node);
      }
    }
    for (Node node : nodes) {
      for (int child : node.children().values()) {
        if (child >= nodes.size()) {
          throw new InferenceException(Reason.INVALID_MODEL, place + ": there is no node " + child);
        }
      }
    }
    if (nodes.isEmpty()) {
      throw new InferenceException(Reason.INVALID_MODEL, place + " is empty");
    }
    return new ObjectGraph(nodes);
  }

  private static Node node(Fields fields) {
    Map<String, Integer> children = new LinkedHashMap<>();
    String key = "";
    while (fields.next()) {
      switch (fields.number()) {
        case 1 -> {
          int child = 0;
          String name = "";
          for (Fields edge = fields.message(); edge.next(); ) {
            switch (edge.number()) {
              case 1 -> child = edge.index();
              case 2 -> name = edge.text();
              default -> {}
            }
          }
          children.put(name, child);
        }
        case 2 -> {
          String attribute = "";
          String itsKey = "";
          for (Fields value = fields.message(); value.next(); ) {
            switch (value.number()) {
              case 1 -> attribute = value.text();
              case 3 -> itsKey = value.text();
              default -> {}
            }
          }
          key = attribute.equals(VALUE) ? itsKey : key;
        }
        default -> {}
      }
    }
    return new Node(children, key);
  }

  /** The node at the end of that edge. */
  public OptionalInt child(int node, String name) {
    Integer child = nodes.get(node).children().get(name);
    return child == null ? OptionalInt.empty() : OptionalInt.of(child);
  }

  /** The checkpoint key of a variable's value. */
  public Optional<String> key(int node) {
    return Optional.of(nodes.get(node).key()).filter(key -> !key.isEmpty());
  }
}
