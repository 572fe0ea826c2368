package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/**
 * keras.ops.take: elements by number along an axis, or of the flattened tensor. Negative numbers count from the end;
 * others outside go to the nearest element.
 */
record TakeOperation(boolean flattened, int axis) implements Operation {
  private int at(Operand x) {
    return flattened ? 0 : x.shape().axis(axis);
  }

  private Shape source(Operand x) {
    return flattened ? Shape.of(x.shape().isKnown() ? x.shape().size() : Shape.UNKNOWN) : x.shape();
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Operand x = Operand.of(call, 0, "x");
    Operand indices = Operand.of(call, 1, "indices");
    Shape shape = source(x);
    int at = at(x);
    Shape result =
        shape.slice(0, at).append(indices.shape().dims()).append(shape.slice(at + 1, shape.rank()).dims());
    return List.of(new TensorSpec(x.dtype(), result));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    Operand x = Operand.of(call, 0, "x");
    Operand indices = Operand.of(call, 1, "indices");
    if (!x.isTensor()) {
      return at(x) == 0 && indices.isTensor() && indices.shape().rank() > 0;
    }
    return !indices.isTensor() && !flattened && at(x) > 0;
  }

  /** The operands; constants as arrays of their types. */
  private record Plan(Operand x, Operand indices, Object table, long[] constants) {}

  @Override
  public Object prepare(CallSpec call) {
    Operand x = Operand.of(call, 0, "x");
    Operand indices = Operand.of(call, 1, "indices");
    return new Plan(x, indices, constant(x, x.dtype()), (long[]) constant(indices, DType.INT64));
  }

  private static Object constant(Operand operand, DType type) {
    Object array = operand.array();
    int n = array == null ? 0 : operand.shape().size();
    Object typed = Operands.allocate(type, n);
    if (array != null) {
      Casting.run(array, n, typed, type);
    }
    return typed;
  }

  @Override
  public void forward(Call call) {
    Plan plan = call.prepared(Plan.class);
    Tensor output = call.output(0);
    Object from = plan.x().isTensor() ? RawArray.of(call.input(plan.x().input())) : plan.table();
    Shape shape = plan.x().isTensor() ? call.input(plan.x().input()).shape() : plan.x().shape();
    long[] indices = plan.constants();
    int count = plan.indices().isTensor() ? call.input(plan.indices().input()).size() : indices.length;
    if (plan.indices().isTensor()) {
      indices = (long[]) ScratchArray.of(call, 0, DType.INT64, count);
      Casting.run(RawArray.of(call.input(plan.indices().input())), count, indices, DType.INT64);
    }
    int at = at(plan.x());
    int length = flattened ? shape.size() : shape.dim(at);
    int outer = flattened ? 1 : shape.product(0, at);
    int inner = flattened ? 1 : shape.product(at + 1, shape.rank());
    if (length == 0 && output.size() > 0) {
      throw call.spec().error("take from an axis of length 0");
    }
    Object to = RawArray.of(output);
    for (int block = 0; block < outer; block++) {
      for (int i = 0; i < count; i++) {
        long index = indices[i] < 0 ? indices[i] + length : indices[i];
        int nearest = (int) Math.min(Math.max(index, 0), length - 1);
        System.arraycopy(from, (block * length + nearest) * inner, to, (block * count + i) * inner, inner);
      }
    }
  }
}
