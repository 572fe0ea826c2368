package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Axes;
import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** keras.ops.one_hot: a new axis that is 1 at the input's number and 0 elsewhere; numbers outside give zeros. */
final class OneHotOperation implements Operation {
  private final int classes;
  private final int axis;
  private final DType dtype;

  OneHotOperation(LayerSpec spec) {
    classes = spec.config().integer("num_classes");
    axis = spec.config().integer("axis", -1);
    dtype = DType.of(spec.config().string("dtype", "float32"));
    spec.config().ignore("sparse");
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = call.input().shape();
    int at = Axes.positive(axis, shape.rank() + 1);
    return List.of(
        new TensorSpec(dtype, shape.slice(0, at).append(classes).append(shape.slice(at, shape.rank()).dims())));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return call.input().shape().rank() > 0 && Axes.positive(axis, call.input().shape().rank() + 1) != 0;
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    int n = input.size();
    long[] numbers = (long[]) ScratchArray.of(call, 0, DType.INT64, n);
    Casting.run(RawArray.of(input), n, numbers, DType.INT64);
    boolean[] flags = (boolean[]) ScratchArray.of(call, 1, DType.BOOL, output.size());
    int at = Axes.positive(axis, input.shape().rank() + 1);
    int inner = input.shape().product(at, input.shape().rank());
    java.util.Arrays.fill(flags, 0, output.size(), false);
    for (int i = 0; i < n; i++) {
      if (numbers[i] >= 0 && numbers[i] < classes) {
        flags[(i / inner * classes + (int) numbers[i]) * inner + i % inner] = true;
      }
    }
    Casting.run(flags, output.size(), RawArray.of(output), output.dtype());
  }
}
