package dev.posthorn.engine.layers.activations;

import dev.posthorn.engine.arrays.AxisRows;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** Applies a ROW activation that keeps lengths along any axis. */
public record AxisActivation(Activation function, int axis) implements RowLayer {
  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input());
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return call.input().shape().axis(axis) != 0;
  }

  @Override
  public Object prepare(CallSpec call) {
    return AxisRows.of(call.input().shape(), call.input().shape().axis(axis));
  }

  @Override
  public void forward(Call call) {
    AxisRows rows = call.prepared(AxisRows.class);
    Object from = RawArray.of(call.input(0));
    Tensor output = call.output(0);
    int n = rows.length();
    boolean isDouble = output.dtype() == DType.FLOAT64;
    Object scratch = isDouble ? call.doubles(0, rows.blockSize()) : call.floats(0, rows.blockSize());
    for (int block = 0; block < rows.blocks(output.size()); block++) {
      rows.gather(from, block, scratch);
      for (int row = 0; row < rows.rowsPerBlock(); row++) {
        if (scratch instanceof double[] doubles) {
          function.apply(doubles, row * n, (row + 1) * n);
        } else {
          function.apply(call.kernels(), (float[]) scratch, row * n, (row + 1) * n);
        }
      }
      rows.scatter(scratch, RawArray.of(output), block);
    }
  }
}
