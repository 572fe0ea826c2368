package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Comparison;
import dev.posthorn.engine.arrays.Promotion;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** A comparison or logical function of two broadcast operands: bool. */
record ComparisonOperation(Comparison function) implements Operation {
  private static Operands operands(CallSpec call) {
    return new Operands(List.of(Operand.of(call, 0, "x1"), Operand.of(call, 1, "x2")));
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Operands operands = operands(call);
    boolean equality = function == Comparison.EQUAL || function == Comparison.NOT_EQUAL;
    int strings = 0;
    for (Operand each : operands.list()) {
      strings += each.dtype() == DType.STRING ? 1 : 0;
    }
    if (strings == 1 || strings == 2 && !equality) {
      throw call.error("cannot compare strings that way");
    }
    return List.of(new TensorSpec(DType.BOOL, operands.shape(call)));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return operands(call).rowsIndependent(call);
  }

  /** The operands of a call and how they are read. */
  private record Plan(Operand left, Operand right, Operands.Prepared prepared) {}

  @Override
  public Object prepare(CallSpec call) {
    Operands operands = operands(call);
    Operands.Prepared prepared = operands.prepare(call, Promotion.loop(operands.dtype()));
    return new Plan(operands.list().get(0), operands.list().get(1), prepared);
  }

  @Override
  public void forward(Call call) {
    Plan plan = call.prepared(Plan.class);
    int n = call.output(0).size();
    Object a = plan.prepared().array(call, plan.left(), 0, n);
    Object b = plan.prepared().array(call, plan.right(), 1, n);
    function.apply(a, b, call.output(0).booleans(), n);
  }
}
