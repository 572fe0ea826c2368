package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** keras.ops.roll without an axis: the flattened tensor shifted around its end, in its old shape. */
record Rolled(int shift) implements Operation {
  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input());
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    int n = input.size();
    if (n > 0) {
      int start = Math.floorMod(shift, n);
      Object from = RawArray.of(input);
      Object to = RawArray.of(call.output(0));
      System.arraycopy(from, 0, to, start, n - start);
      System.arraycopy(from, n - start, to, 0, start);
    }
  }
}
