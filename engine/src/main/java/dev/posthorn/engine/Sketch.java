package dev.posthorn.engine;

import dev.posthorn.spi.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A graph while it is drawn. */
final class Sketch {
  private record Cast(GraphTensor from, DType to) {}

  final List<Node> nodes = new ArrayList<>();
  final List<Graph.CompositeCall> composites = new ArrayList<>();
  private final Map<Cast, GraphTensor> casts = new HashMap<>();

  /** The value in that type: itself, or the result of a cast, which keeps the mask. */
  GraphValue cast(GraphValue value, DType to) {
    if (value.spec().dtype() == to) {
      return value;
    }
    GraphTensor result = casts.computeIfAbsent(new Cast(value.tensor, to), cast -> {
      GraphTensor tensor = new GraphTensor(value.spec().withDType(to), value.tensor.source);
      String label = "cast to " + to.kerasName();
      NodeCall call = new NodeCall(label, List.of(value.spec()), new boolean[1], List.of(), Map.of());
      nodes.add(new Node(
          null, label, new CastLayer(to), call, List.of(value.tensor), noMasks(1), List.of(tensor), null, 0,
          List.of()));
      return tensor;
    });
    return new GraphValue(result, value.mask());
  }

  static List<@org.jspecify.annotations.Nullable GraphTensor> noMasks(int count) {
    return java.util.Collections.nCopies(count, null);
  }

  Graph graph(List<GraphTensor> inputs, List<GraphTensor> outputs) {
    return new Graph(List.copyOf(inputs), List.copyOf(nodes), List.copyOf(outputs), List.copyOf(composites));
  }
}
