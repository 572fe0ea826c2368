package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Axes;
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

/** keras.ops.stack: tensors of one shape along a new axis; types are promoted. */
record StackOperation(int axis) implements Operation {
  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = call.input().shape();
    DType type = call.input().dtype();
    for (TensorSpec input : call.inputs()) {
      if (!shape.accepts(input.shape())) {
        throw call.error("cannot stack shapes %s and %s", shape, input.shape());
      }
      type = Promotion.of(type, input.dtype());
    }
    int at = Axes.positive(axis, shape.rank() + 1);
    Shape result =
        shape.slice(0, at).append(call.inputs().size()).append(shape.slice(at, shape.rank()).dims());
    return List.of(new TensorSpec(type, result));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return Axes.positive(axis, call.input().shape().rank() + 1) != 0;
  }

  @Override
  public void forward(Call call) {
    Tensor output = call.output(0);
    Shape shape = call.input(0).shape();
    int at = Axes.positive(axis, shape.rank() + 1);
    int outer = shape.product(0, at);
    int inner = shape.product(at, shape.rank());
    int count = call.inputCount();
    for (int i = 0; i < count; i++) {
      Tensor input = call.input(i);
      Object from = RawArray.of(input);
      if (input.dtype() != output.dtype()) {
        Object cast = ScratchArray.of(call, i, output.dtype(), input.size());
        Casting.run(from, input.size(), cast, output.dtype());
        from = cast;
      }
      for (int row = 0; row < outer; row++) {
        System.arraycopy(from, row * inner, RawArray.of(output), (row * count + i) * inner, inner);
      }
    }
  }
}
