package dev.posthorn.engine;

import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model is made of, for listings.
 *
 * @param flops for one row, by layer
 */
record Inventory(List<LayerInfo> layers, List<StepInfo> steps, Map<String, Long> flops) {

  Inventory(GraphBuilder.Built built, Graph optimized) {
    this(layers(built.root()), steps(optimized), flops(built.graph()));
  }

  long flopsPerRow() {
    return flops.values().stream().mapToLong(Long::longValue).sum();
  }

  private static List<LayerInfo> layers(LayerScope root) {
    List<LayerInfo> found = new ArrayList<>();
    root.children.forEach(child -> collect(child, found));
    return List.copyOf(found);
  }

  /** A layer, and the layers inside where it is a network or another composite. */
  private static void collect(LayerScope scope, List<LayerInfo> found) {
    Shape output = scope.firstOutput;
    if (scope.calls == 0) {
      return;
    }
    found.add(new LayerInfo(
        scope.fullName(),
        scope.className(),
        scope.registeredName(),
        scope.plugin(),
        scope.firstInputs,
        output == null ? Shape.scalar() : output,
        scope.parameters()));
    scope.children.forEach(child -> collect(child, found));
  }

  private static List<StepInfo> steps(Graph optimized) {
    return optimized.nodes().stream()
        .map(node -> new StepInfo(kernelName(node), node.layers()))
        .toList();
  }

  private static String kernelName(Node node) {
    if (node.layer() instanceof FusedLayer fused) {
      StringBuilder name = new StringBuilder(Names.snake(fused.main().getClass().getSimpleName()));
      fused.epilogues().forEach(e -> name.append('+').append(Names.snake(e.getClass().getSimpleName())));
      return name.toString();
    }
    return Names.snake(node.layer().getClass().getSimpleName());
  }

  private static Map<String, Long> flops(Graph graph) {
    Map<String, Long> flops = new HashMap<>();
    for (Node node : graph.nodes()) {
      LayerScope scope = node.scope();
      if (scope != null) {
        long ownFlops = flops(scope, positions(node.outputs().get(0).spec.shape()), steps(node));
        flops.merge(scope.fullName(), ownFlops, Long::sum);
      }
    }
    return Map.copyOf(flops);
  }

  /** Own matrices are applied at every position of the output, those of inner layers at every step of the input. */
  private static long flops(LayerScope scope, long positions, long steps) {
    long sum = 0;
    for (LateMatrix matrix : scope.matrices) {
      sum += 2L * matrix.rows() * matrix.columns() * positions;
    }
    for (LayerScope child : scope.children) {
      sum += flops(child, steps, steps);
    }
    return sum;
  }

  private static long positions(Shape output) {
    long positions = 1;
    for (int axis = 1; axis < output.rank() - 1; axis++) {
      positions *= Math.max(1, output.dim(axis));
    }
    return positions;
  }

  private static long steps(Node node) {
    return node.inputs().isEmpty() ? 1 : positions(node.inputs().get(0).spec.shape());
  }
}
