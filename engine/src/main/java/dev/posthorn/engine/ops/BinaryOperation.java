package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Arithmetic;
import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.Promotion;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/**
 * A function of two numbers over broadcast operands, either of which may be a constant.
 *
 * @param alwaysFloat whether integers give floats, as in division
 */
record BinaryOperation(Arithmetic function, boolean alwaysFloat) implements Operation {
  private static Operands operands(CallSpec call) {
    return new Operands(List.of(Operand.of(call, 0, "x1"), Operand.of(call, 1, "x2")));
  }

  private DType dtype(Operands operands) {
    DType type = operands.dtype();
    return alwaysFloat ? Promotion.floating(type) : type;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Operands operands = operands(call);
    if (!function.takes(dtype(operands).isFloating())) {
      throw call.error("%s does not take %s", function, dtype(operands));
    }
    return List.of(new TensorSpec(dtype(operands), operands.shape(call)));
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
    Operands.Prepared prepared = operands.prepare(call, Promotion.loop(dtype(operands)));
    return new Plan(operands.list().get(0), operands.list().get(1), prepared);
  }

  @Override
  public void forward(Call call) {
    Plan plan = call.prepared(Plan.class);
    Tensor output = call.output(0);
    int n = output.size();
    Object a = plan.prepared().array(call, plan.left(), 0, n);
    Object b = plan.prepared().array(call, plan.right(), 1, n);
    DType loop = plan.prepared().loop();
    Object target = RawArray.of(output);
    if (output.dtype() == loop) {
      function.apply(a, b, target, n);
    } else {
      Object result = ScratchArray.of(call, Operands.FREE_SLOT, loop, n);
      function.apply(a, b, result, n);
      Casting.run(result, n, target, output.dtype());
    }
  }
}
