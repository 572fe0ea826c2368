package dev.posthorn.engine.layers.activations;

import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** Applies a ROW activation to each row of the last axis: (..., n) to (..., outputLength(n)). */
public record LastAxisLayer(Activation function) implements RowLayer {
  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    int length = call.input().shape().last();
    int kept = length == Shape.UNKNOWN ? length : function.outputLength(length);
    return List.of(call.input().withLast(kept));
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    int length = input.shape().last();
    int kept = output.shape().last();
    int rows = length == 0 ? 0 : input.size() / length;
    if (output.dtype() == DType.FLOAT64) {
      double[] row = call.doubles(0, length);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(input.doubles(), i * length, row, 0, length);
        function.apply(row, 0, length);
        System.arraycopy(row, 0, output.doubles(), i * kept, kept);
      }
    } else {
      float[] row = call.floats(0, length);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(input.floats(), i * length, row, 0, length);
        function.apply(call.kernels(), row, 0, length);
        System.arraycopy(row, 0, output.floats(), i * kept, kept);
      }
    }
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return call.input().shape().rank() > 1;
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
