package dev.posthorn.engine;

import dev.posthorn.spi.Body;
import dev.posthorn.spi.Kernels;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/** A plan that a layer runs by itself. */
final class SubPlan implements Body {
  private final Plan plan;
  private final List<TensorSpec> outputs;
  private final Kernels kernels;

  SubPlan(Graph graph, Kernels kernels) {
    this.plan = new Plan(Optimizer.optimize(graph));
    this.outputs = graph.outputs().stream().map(t -> t.spec).toList();
    this.kernels = kernels;
  }

  Plan plan() {
    return plan;
  }

  Kernels kernels() {
    return kernels;
  }

  @Override
  public List<TensorSpec> outputs() {
    return outputs;
  }

  @Override
  public List<TensorSpec> outputs(List<TensorSpec> inputs) {
    List<TensorSpec> known = new ArrayList<>();
    TensorSpec[] specs = plan.infer(inputs, new NodeCall[plan.steps().size()]);
    for (int number : plan.outputs()) {
      known.add(specs[number]);
    }
    return known;
  }

  @Override
  public boolean rowsIndependent() {
    return plan.rowsIndependent();
  }
}
