package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Broadcast;
import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.Promotion;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** keras.ops.matmul: matrices in the last two axes, the axes before are broadcast; a vector is a row or a column. */
record MatmulOperation() implements Operation {
  /** How the operands are seen: as batches of matrices. */
  private record Plan(
      Operand a, Operand b, DType loop, Shape left, Shape right, Shape batch, Object constantA, Object constantB) {
    int m() {
      return left.dim(-2);
    }

    int k() {
      return left.last();
    }

    int n() {
      return right.last();
    }
  }

  private static Plan plan(CallSpec call) {
    Operand a = Operand.of(call, 0, "x1");
    Operand b = Operand.of(call, 1, "x2");
    DType type = new Operands(List.of(a, b)).dtype();
    if (!type.isFloating()) {
      throw call.error("matmul of %s is not supported", type.kerasName());
    }
    if (a.shape().rank() == 0 || b.shape().rank() == 0) {
      throw call.error("matmul of a single number");
    }
    Shape left = a.shape().rank() == 1 ? a.shape().prepend(1) : a.shape();
    Shape right = b.shape().rank() == 1 ? b.shape().append(1) : b.shape();
    if (left.last() != right.dim(-2) && left.last() != Shape.UNKNOWN && right.dim(-2) != Shape.UNKNOWN) {
      throw call.error("shapes %s and %s do not fit", a.shape(), b.shape());
    }
    Shape batch =
        Broadcast.of(left.slice(0, left.rank() - 2), right.slice(0, right.rank() - 2))
            .orElseThrow(() -> call.error("shapes %s and %s do not fit", a.shape(), b.shape()));
    DType loop = Promotion.loop(type);
    return new Plan(a, b, loop, left, right, batch, constant(a, loop), constant(b, loop));
  }

  private static Object constant(Operand operand, DType loop) {
    Object array = operand.array();
    int n = array == null ? 0 : operand.shape().size();
    Object typed = Operands.allocate(loop, n);
    if (array != null) {
      Casting.run(array, n, typed, loop);
    }
    return typed;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Plan plan = plan(call);
    Shape result = plan.batch();
    if (plan.a().shape().rank() > 1) {
      result = result.append(plan.m());
    }
    if (plan.b().shape().rank() > 1) {
      result = result.append(plan.n());
    }
    return List.of(new TensorSpec(new Operands(List.of(plan.a(), plan.b())).dtype(), result));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    Plan plan = plan(call);
    if (!plan.b().isTensor()) {
      return plan.a().shape().rank() > 1 && plan.right().rank() <= plan.left().rank() && plan.right().rank() == 2;
    }
    Shape result = plan.batch();
    return plan.a().isTensor()
        && result.rank() > 0
        && Broadcast.keepsRows(plan.left().slice(0, plan.left().rank() - 2), result)
        && Broadcast.keepsRows(plan.right().slice(0, plan.right().rank() - 2), result);
  }

  @Override
  public Object prepare(CallSpec call) {
    return plan(call);
  }

  @Override
  public void forward(Call call) {
    Plan plan = call.prepared(Plan.class);
    Object a = array(call, plan.a(), plan.constantA(), plan.loop(), 0);
    Object b = array(call, plan.b(), plan.constantB(), plan.loop(), 1);
    Tensor output = call.output(0);
    Object c = RawArray.of(output);
    int m = plan.a().isTensor() ? rows(call.input(plan.a().input()).shape()) : plan.m();
    int k = plan.k();
    int n = plan.n();
    if (m == 0 || n == 0) {
      return;
    }
    int batches = output.size() / (m * n);
    Shape leftShape = plan.a().isTensor() ? call.input(plan.a().input()).shape() : plan.a().shape();
    Shape rightShape = plan.b().isTensor() ? call.input(plan.b().input()).shape() : plan.b().shape();
    for (int batch = 0; batch < batches; batch++) {
      int aFrom = start(batch, output.shape(), plan, leftShape, m * k);
      int bFrom = start(batch, output.shape(), plan, rightShape, k * n);
      if (c instanceof double[] doubles) {
        call.kernels()
            .multiply(m, n, k, (double[]) a, aFrom, k, (double[]) b, bFrom, n, false, doubles, batch * m * n, n, false);
      } else {
        call.kernels()
            .multiply(m, n, k, (float[]) a, aFrom, k, (float[]) b, bFrom, n, false, (float[]) c, batch * m * n, n, false);
      }
    }
  }

  private static int rows(Shape shape) {
    return shape.rank() == 1 ? 1 : shape.dim(-2);
  }

  /** Where the matrix of that number in the result's batch begins in an operand. */
  private static int start(int batch, Shape output, Plan plan, Shape operand, int size) {
    int axes = plan.batch().rank();
    int own = operand.rank() - 2;
    int index = 0;
    int stride = 1;
    int left = batch;
    for (int axis = axes - 1; axis >= 0; axis--) {
      int length = output.dim(axis);
      int at = left % length;
      left /= length;
      int mine = axis - axes + own;
      if (mine >= 0) {
        index += operand.dim(mine) == 1 ? 0 : at * stride;
        stride *= operand.dim(mine);
      }
    }
    return index * size;
  }

  private static Object array(Call call, Operand operand, Object constant, DType loop, int slot) {
    if (!operand.isTensor()) {
      return constant;
    }
    Tensor tensor = call.input(operand.input());
    if (Promotion.loop(tensor.dtype()) == loop) {
      return RawArray.of(tensor);
    }
    Object cast = ScratchArray.of(call, slot, loop, tensor.size());
    Casting.run(RawArray.of(tensor), tensor.size(), cast, loop);
    return cast;
  }
}
