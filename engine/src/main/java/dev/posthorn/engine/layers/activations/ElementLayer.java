package dev.posthorn.engine.layers.activations;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.ElementWise;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** Applies a function to every element; any shape in, the same shape out. */
public record ElementLayer(Activation function) implements ElementWise, RowLayer {
  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input());
  }

  @Override
  public void forward(Call call) {
    Tensor output = call.output(0);
    RawArray.copy(call.input(0), output);
    if (output.dtype() == DType.FLOAT64) {
      function.apply(output.doubles(), 0, output.size());
    } else {
      function.apply(call.kernels(), output.floats(), 0, output.size());
    }
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
