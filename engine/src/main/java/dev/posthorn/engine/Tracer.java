package dev.posthorn.engine;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Kernels;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs the unfused plan, over the same packed weights, and reports every call of a layer. */
final class Tracer {
  private final Graph graph;
  private final Plan plan;
  private final Kernels kernels;

  Tracer(Graph graph, Kernels kernels) {
    this.graph = graph;
    this.plan = new Plan(graph);
    this.kernels = kernels;
  }

  List<String> names() {
    Set<String> names = new LinkedHashSet<>();
    graph.nodes().forEach(node -> {
      if (node.scope() != null) {
        names.add(node.scope().fullName());
      }
    });
    graph.composites().forEach(composite -> names.add(composite.scope().fullName()));
    return List.copyOf(names);
  }

  void trace(
      List<ArrayTensor> inputs,
      Set<String> wanted,
      Cancellation cancellation,
      Sequence sequence,
      Consumer<TracedCall> receiver) {
    List<String> known = names();
    for (String name : wanted) {
      if (!known.contains(name)) {
        throw new InferenceException(
            Reason.INVALID_ARGUMENT,
            Map.of("layer", name, "expected", known.toString()),
            "unknown layer '" + name + "': expected some of " + known);
      }
    }
    int rows = inputs.get(0).shape().rank() == 0 ? 1 : inputs.get(0).shape().first();
    Session session = new Session(plan, kernels, 1);
    List<ArrayTensor> outputs = session.outputs(inputs).stream().map(ArrayTensor::allocate).toList();
    Reporter reporter = new Reporter(wanted, receiver);
    session.run(inputs, outputs, cancellation, sequence.begin(rows), reporter);
  }

  private final class Reporter implements Session.Observer {
    private final Set<String> wanted;
    private final Consumer<TracedCall> receiver;

    Reporter(Set<String> wanted, Consumer<TracedCall> receiver) {
      this.wanted = wanted;
      this.receiver = receiver;
    }

    @Override
    public void stepDone(int step, ArrayTensor[] tensors, long took) {
      Node node = plan.steps().get(step).node();
      LayerScope scope = node.scope();
      if (scope != null && isWanted(scope)) {
        GraphTensor mask = node.outputMask();
        List<@Nullable GraphTensor> masks = new ArrayList<>();
        for (int i = 0; i < node.outputs().size(); i++) {
          masks.add(i == 0 ? mask : null);
        }
        report(scope, node.callIndex(), node.outputs(), masks, tensors, took);
      }
      for (Graph.CompositeCall composite : graph.composites()) {
        if (composite.lastNode() == step + 1 && isWanted(composite.scope())) {
          report(composite.scope(), composite.callIndex(), composite.outputs(), composite.masks(), tensors, took);
        }
      }
    }

    private boolean isWanted(LayerScope scope) {
      return wanted.isEmpty() || wanted.contains(scope.fullName());
    }

    private void report(
        LayerScope scope,
        int callIndex,
        List<GraphTensor> outputs,
        List<@Nullable GraphTensor> masks,
        ArrayTensor[] tensors,
        long took) {
      List<ArrayTensor> copies = outputs.stream().map(t -> copy(tensors[plan.numberOf(t)])).toList();
      List<@Nullable ArrayTensor> maskCopies = new ArrayList<>();
      for (@Nullable GraphTensor mask : masks) {
        maskCopies.add(mask == null ? null : copy(tensors[plan.numberOf(mask)]));
      }
      receiver.accept(new TracedCall(scope.fullName(), scope.className(), callIndex, copies, maskCopies, took));
    }

    private ArrayTensor copy(ArrayTensor tensor) {
      ArrayTensor copy = ArrayTensor.allocate(tensor.spec());
      System.arraycopy(tensor.array(), 0, copy.array(), 0, tensor.size());
      return copy;
    }
  }
}
