package dev.posthorn.engine;

import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** Casts a tensor to the type that the next layer computes in, as Keras does on its own. */
record CastLayer(DType to) implements Layer {
  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input().withDType(to));
  }

  @Override
  public void forward(Call call) {
    Tensor from = call.input(0);
    Casting.run(((ArrayTensor) from).array(), from.size(), ((ArrayTensor) call.output(0)).array(), to);
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public boolean supports(DType dtype) {
    return true;
  }
}
