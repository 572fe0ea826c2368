package dev.posthorn.engine.ops;

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

/** keras.ops.where(condition, x1, x2): x1 where the condition holds, else x2. */
record WhereOperation() implements Operation {
  private static Operands all(CallSpec call) {
    if (call.argument(1, "x1").isNone() || call.argument(2, "x2").isNone()) {
      throw call.error("where without x1 and x2 is not supported");
    }
    return new Operands(
        List.of(Operand.of(call, 0, "condition"), Operand.of(call, 1, "x1"), Operand.of(call, 2, "x2")));
  }

  private static DType dtype(Operands all) {
    return new Operands(all.list().subList(1, 3)).dtype();
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Operands all = all(call);
    return List.of(new TensorSpec(dtype(all), all.shape(call)));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return all(call).rowsIndependent(call);
  }

  /** The operands of a call, and how the condition and the choices are read. */
  private record Plan(Operands all, Operands.Prepared condition, Operands.Prepared choices) {}

  @Override
  public Object prepare(CallSpec call) {
    Operands all = all(call);
    DType loop = Promotion.loop(dtype(all));
    return new Plan(all, all.prepare(call, DType.BOOL), all.prepare(call, loop));
  }

  @Override
  public void forward(Call call) {
    Plan plan = call.prepared(Plan.class);
    Tensor output = call.output(0);
    int n = output.size();
    boolean[] condition = (boolean[]) plan.condition().array(call, plan.all().list().get(0), 0, n);
    Object a = plan.choices().array(call, plan.all().list().get(1), 1, n);
    Object b = plan.choices().array(call, plan.all().list().get(2), 2, n);
    DType loop = plan.choices().loop();
    boolean direct = output.dtype() == loop;
    Object target =
        direct ? RawArray.of(output) : ScratchArray.of(call, Operands.FREE_SLOT, loop, n);
    choose(condition, a, b, target, n);
    if (!direct) {
      Casting.run(target, n, RawArray.of(output), output.dtype());
    }
  }

  private static void choose(boolean[] condition, Object a, Object b, Object target, int n) {
    switch (target) {
      case float[] y -> {
        float[] x = (float[]) a;
        float[] z = (float[]) b;
        for (int i = 0; i < n; i++) {
          y[i] = condition[i] ? x[i] : z[i];
        }
      }
      case double[] y -> {
        double[] x = (double[]) a;
        double[] z = (double[]) b;
        for (int i = 0; i < n; i++) {
          y[i] = condition[i] ? x[i] : z[i];
        }
      }
      case long[] y -> {
        long[] x = (long[]) a;
        long[] z = (long[]) b;
        for (int i = 0; i < n; i++) {
          y[i] = condition[i] ? x[i] : z[i];
        }
      }
      case String[] y -> {
        String[] x = (String[]) a;
        String[] z = (String[]) b;
        for (int i = 0; i < n; i++) {
          y[i] = condition[i] ? x[i] : z[i];
        }
      }
      default -> throw new IllegalArgumentException(target.getClass().getSimpleName());
    }
  }
}
