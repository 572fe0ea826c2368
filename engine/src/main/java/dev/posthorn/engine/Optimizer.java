package dev.posthorn.engine;

import dev.posthorn.spi.Addition;
import dev.posthorn.spi.Affine;
import dev.posthorn.spi.Convolution;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.ElementWise;
import dev.posthorn.spi.Identity;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.ScaleShift;
import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites a graph into one that computes the same with less: identities are dropped, and what follows an affine layer or
 * a convolution element by element becomes its epilogue, the sum with what was there before included. Asks layers for their capabilities, never for their names.
 */
final class Optimizer {
  private final Map<GraphTensor, GraphTensor> replaced = new IdentityHashMap<>();
  private final Map<GraphTensor, Integer> uses = new IdentityHashMap<>();
  private final Map<GraphTensor, Integer> producers = new IdentityHashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  private Optimizer() {}

  static Graph optimize(Graph graph) {
    return new Optimizer().rewrite(graph);
  }

  private Graph rewrite(Graph graph) {
    List<Node> kept = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.layer() instanceof Identity && node.outputs().size() == 1) {
        replaced.put(node.outputs().get(0), current(node.inputs().get(0)));
      } else {
        kept.add(renamed(node));
      }
    }
    List<GraphTensor> outputs = graph.outputs().stream().map(this::current).toList();
    kept.forEach(this::countUses);
    outputs.forEach(t -> uses.merge(t, 1, Integer::sum));
    kept.forEach(this::add);
    return new Graph(graph.inputs(), List.copyOf(nodes), outputs, List.of());
  }

  private GraphTensor current(GraphTensor tensor) {
    return replaced.getOrDefault(tensor, tensor);
  }

  private Node renamed(Node node) {
    List<GraphTensor> inputs = node.inputs().stream().map(this::current).toList();
    List<@Nullable GraphTensor> masks = new ArrayList<>();
    for (@Nullable GraphTensor mask : node.masks()) {
      masks.add(mask == null ? null : current(mask));
    }
    return node.with(inputs, masks);
  }

  private void countUses(Node node) {
    node.inputs().forEach(t -> uses.merge(t, 1, Integer::sum));
    for (@Nullable GraphTensor mask : node.masks()) {
      if (mask != null) {
        uses.merge(mask, 1, Integer::sum);
      }
    }
  }

  private void add(Node node) {
    int at = lastOperand(node);
    Integer before = at < 0 ? null : producers.get(node.inputs().get(at));
    if (before != null && isFusible(nodes.get(before), node, at)) {
      Node fused = fuse(nodes.get(before), node, at);
      nodes.set(before, fused);
      producers.put(fused.outputs().get(0), before);
      return;
    }
    node.outputs().forEach(t -> producers.put(t, nodes.size()));
    nodes.add(node);
  }

  /** The input into whose producer a node could go: all its other inputs are there before. -1: there is none. */
  private int lastOperand(Node node) {
    boolean adds = node.layer() instanceof Addition;
    if (node.inputs().size() == 1 && !adds) {
      return 0;
    }
    if (node.inputs().size() != 2 || !adds) {
      return -1;
    }
    int first = producers.getOrDefault(node.inputs().get(0), -1);
    int second = producers.getOrDefault(node.inputs().get(1), -1);
    return first > second ? 0 : second > first ? 1 : -1;
  }

  private boolean isFusible(Node main, Node next, int at) {
    Layer layer = main.layer() instanceof FusedLayer fused ? fused.main() : main.layer();
    boolean channelsLast = !(layer instanceof Convolution convolution) || convolution.channelsLast();
    if (!(layer instanceof Affine || layer instanceof Convolution) || main.outputs().size() != 1) {
      return false;
    }
    GraphTensor between = main.outputs().get(0);
    if (next.inputs().get(at) != between || !isSameShape(next, between)) {
      return false;
    }
    boolean onlyUse = Integer.valueOf(1).equals(uses.get(between)) && main.outputMask() == null;
    boolean sameKind =
        next.outputs().size() == 1
            && next.outputMask() == null
            && between.spec.dtype() == DType.FLOAT32
            && next.outputs().get(0).spec.equals(between.spec);
    return onlyUse && sameKind && isEpilogue(next.layer(), between, channelsLast);
  }

  /** Whether all inputs have that tensor's shape; several of them whatever lengths may come. */
  private static boolean isSameShape(Node node, GraphTensor tensor) {
    Shape shape = tensor.spec.shape();
    boolean known = shape.rank() > 0 && shape.slice(1, shape.rank()).isKnown();
    return node.inputs().size() == 1
        || known && node.inputs().stream().allMatch(input -> input.spec.equals(tensor.spec));
  }

  private static boolean isEpilogue(Layer layer, GraphTensor tensor, boolean channelsLast) {
    if (layer instanceof ScaleShift scaleShift) {
      int axis = scaleShift.axis();
      return channelsLast && (axis == -1 || axis == tensor.spec.shape().rank() - 1);
    }
    return layer instanceof ElementWise || layer instanceof Addition;
  }

  private static Node fuse(Node main, Node next, int at) {
    List<String> names = new ArrayList<>(main.layers());
    names.addAll(next.layers());
    boolean joins = next.inputs().size() > 1;
    FusedLayer layer = FusedLayer.of(main.layer(), next.layer(), joins ? main.inputs().size() : -1);
    Node fused = main.with(layer, next.outputs(), names);
    if (!joins) {
      return fused;
    }
    List<GraphTensor> inputs = new ArrayList<>(main.inputs());
    inputs.add(next.inputs().get(1 - at));
    List<@Nullable GraphTensor> masks = new ArrayList<>(main.masks());
    masks.add(null);
    return fused.with(inputs, masks);
  }
}
