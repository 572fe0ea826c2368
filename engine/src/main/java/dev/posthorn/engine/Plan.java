package dev.posthorn.engine;

import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A graph in the order in which it runs, with numbered tensors. Immutable and shared. */
final class Plan {
  /** No tensor. */
  static final int NONE = -1;

  /**
   * A step: the numbers of the tensors that it reads and writes.
   *
   * @param masks {@link #NONE} where an input has none
   * @param outputMask {@link #NONE} if it computes none
   */
  record Step(Node node, int[] inputs, int[] masks, int[] outputs, int outputMask) {}

  private final List<Step> steps;
  private final int inputCount;
  private final int tensorCount;
  private final int[] outputs;
  private final @Nullable String dependentLayer;
  private final Map<GraphTensor, Integer> numbers = new IdentityHashMap<>();

  Plan(Graph graph) {
    graph.inputs().forEach(this::number);
    this.inputCount = graph.inputs().size();
    List<Step> list = new ArrayList<>();
    String dependent = null;
    for (Node node : graph.nodes()) {
      int[] in = node.inputs().stream().mapToInt(this::number).toArray();
      int[] masks = node.masks().stream().mapToInt(m -> m == null ? NONE : number(m)).toArray();
      int[] out = node.outputs().stream().mapToInt(this::number).toArray();
      GraphTensor mask = node.outputMask();
      list.add(new Step(node, in, masks, out, mask == null ? NONE : number(mask)));
      if (dependent == null && !node.layer().rowsIndependent(node.call())) {
        dependent = node.label();
      }
    }
    this.outputs = graph.outputs().stream().mapToInt(this::number).toArray();
    if (dependent == null && !graph.outputs().stream().allMatch(t -> isBatched(t.spec))) {
      dependent = "an output without a batch axis";
    }
    this.steps = List.copyOf(list);
    this.tensorCount = numbers.size();
    this.dependentLayer = dependent;
  }

  private static boolean isBatched(TensorSpec spec) {
    return spec.shape().rank() > 0 && spec.shape().first() == Shape.UNKNOWN;
  }

  private int number(GraphTensor tensor) {
    return numbers.computeIfAbsent(tensor, t -> numbers.size());
  }

  /** The number of a tensor of the graph that this plan was made from. */
  int numberOf(GraphTensor tensor) {
    Integer number = numbers.get(tensor);
    if (number == null) {
      throw new IllegalArgumentException("no tensor of this plan: " + tensor.source);
    }
    return number;
  }

  List<Step> steps() {
    return steps;
  }

  int inputCount() {
    return inputCount;
  }

  int tensorCount() {
    return tensorCount;
  }

  int[] outputs() {
    return outputs;
  }

  boolean rowsIndependent() {
    return dependentLayer == null;
  }

  /** What keeps rows from being joined, if anything does. */
  Optional<String> dependentLayer() {
    return Optional.ofNullable(dependentLayer);
  }

  /**
   * Types and shapes of all tensors for these inputs; lengths are unknown where those of the inputs are.
   *
   * @param calls receives the call of each step with these lengths
   */
  TensorSpec[] infer(List<TensorSpec> inputSpecs, NodeCall[] calls) {
    TensorSpec[] specs = new TensorSpec[tensorCount];
    for (int i = 0; i < inputCount; i++) {
      specs[i] = inputSpecs.get(i);
    }
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      List<TensorSpec> in = new ArrayList<>(step.inputs.length);
      for (int number : step.inputs) {
        in.add(specs[number]);
      }
      NodeCall call = step.node.call().withInputs(in);
      calls[i] = call;
      List<TensorSpec> out = step.node.layer().outputs(call);
      for (int k = 0; k < step.outputs.length; k++) {
        specs[step.outputs[k]] = out.get(k);
      }
      if (step.outputMask != NONE) {
        Shape shape = step.node.layer().maskShape(call);
        if (shape == null) {
          throw call.error("a mask was declared for this call, but its shape is missing");
        }
        specs[step.outputMask] = new TensorSpec(dev.posthorn.spi.DType.BOOL, shape);
      }
    }
    return specs;
  }
}
