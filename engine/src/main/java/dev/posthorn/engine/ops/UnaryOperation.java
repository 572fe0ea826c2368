package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.Promotion;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.engine.arrays.UnaryFunction;
import dev.posthorn.engine.layers.activations.ElementLayer;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** A function of one number over integers or booleans; over floats an {@link ElementLayer} does it. */
record UnaryOperation(Activation function, boolean keepsIntegers) implements Operation {
  /** The layer that applies the function to what comes in. */
  static Layer of(LayerSpec spec, Activation function, boolean keepsIntegers) {
    DType type = spec.input().dtype();
    if (type == DType.STRING) {
      throw spec.error("expected numbers, got strings");
    }
    return type.isFloating() ? new ElementLayer(function) : new UnaryOperation(function, keepsIntegers);
  }

  static Layer of(LayerSpec spec, UnaryFunction function) {
    return of(spec, function, function.keepsIntegers());
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    DType type = call.input().dtype();
    if (!keepsIntegers) {
      return List.of(call.input().withDType(Promotion.floating(type)));
    }
    boolean widens = type == DType.BOOL && (function == UnaryFunction.SQUARE || function == UnaryFunction.SIGN);
    return List.of(call.input().withDType(widens ? DType.INT32 : type));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return call.input().shape().rank() > 0;
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    int n = input.size();
    if (!keepsIntegers || output.dtype().isFloating()) {
      Casting.run(RawArray.of(input), n, output.floats(), output.dtype());
      function.apply(call.kernels(), output.floats(), 0, n);
    } else if (function instanceof UnaryFunction integer) {
      long[] longs = (long[]) ScratchArray.of(call, 0, DType.INT64, n);
      Casting.run(RawArray.of(input), n, longs, DType.INT64);
      integer.apply(longs, n);
      Casting.run(longs, n, RawArray.of(output), output.dtype());
    } else {
      double[] doubles = call.doubles(0, n);
      Casting.run(RawArray.of(input), n, doubles, DType.FLOAT64);
      function.apply(doubles, 0, n);
      Casting.run(doubles, n, RawArray.of(output), output.dtype());
    }
  }
}
