package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A result whose element (i, j, ...) is the input's element (f(i), g(j), ...): padding by reflection, rolling, taking
 * constant indices. Axes without a function stay as they are.
 */
record IndexOperation(boolean flattened, IndexMap map) implements Operation {
  /** The indices along one axis of that length; null: all in order. */
  @FunctionalInterface
  interface IndexMap {
    int @Nullable [] of(CallSpec call, int axis, int length);
  }

  private Shape seen(CallSpec call) {
    Shape shape = call.input().shape();
    if (!flattened) {
      return shape;
    }
    return Shape.of(shape.isKnown() ? shape.size() : Shape.UNKNOWN);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = seen(call);
    Shape result = shape;
    for (int axis = 0; axis < shape.rank(); axis++) {
      int[] indices = map.of(call, axis, shape.dim(axis));
      if (indices != null) {
        result = result.with(axis, shape.dim(axis) == Shape.UNKNOWN ? Shape.UNKNOWN : indices.length);
      }
    }
    return List.of(call.input().withShape(result));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    Shape shape = call.input().shape();
    return !flattened && shape.rank() > 0 && map.of(call, 0, shape.first()) == null;
  }

  /** The source strides and the indices of each axis. */
  private record Plan(int[] strides, int[] @Nullable [] indices, int inner) {}

  @Override
  public Object prepare(CallSpec call) {
    Shape shape = seen(call);
    int[] @Nullable [] indices = new int[shape.rank()][];
    int last = -1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      indices[axis] = map.of(call, axis, shape.dim(axis));
      last = indices[axis] == null ? last : axis;
    }
    int inner = last + 1 < 1 ? 1 : shape.product(last + 1, shape.rank());
    int[] dims = shape.dims();
    int[] strides = View.contiguous(dims);
    int[] used = java.util.Arrays.copyOf(strides, last + 1);
    return new Plan(used, java.util.Arrays.copyOf(indices, last + 1), inner);
  }

  @Override
  public void forward(Call call) {
    Plan plan = call.prepared(Plan.class);
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    if (output.size() == 0) {
      return;
    }
    if (plan.strides().length == 0) {
      RawArray.copy(input, output);
      return;
    }
    copy(plan, 0, input.shape().rank() == 0 ? 1 : input.shape().first(), RawArray.of(input), 0, RawArray.of(output), 0);
  }

  /** Copies everything below an axis; returns where the target goes on. */
  private static int copy(Plan plan, int axis, int rows, Object from, int fromAt, Object to, int toAt) {
    int[] indices = plan.indices()[axis];
    int stride = plan.strides()[axis];
    boolean innermost = axis == plan.strides().length - 1;
    int count = indices != null ? indices.length : axis == 0 ? rows : plan.strides()[axis - 1] / stride;
    int at = toAt;
    for (int i = 0; i < count; i++) {
      int source = fromAt + (indices == null ? i : indices[i]) * stride;
      if (innermost) {
        System.arraycopy(from, source, to, at, plan.inner());
        at += plan.inner();
      } else {
        at = copy(plan, axis + 1, rows, from, source, to, at);
      }
    }
    return at;
  }
}
