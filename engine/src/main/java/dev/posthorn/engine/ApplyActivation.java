package dev.posthorn.engine;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.ElementWise;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** An activation as a node of its own: from a composite, or standing in for a layer that was replaced by it. */
final class ApplyActivation {
  private ApplyActivation() {}

  static Layer of(Activation activation) {
    return activation.scope() == Activation.Scope.ELEMENT ? new Elements(activation) : new Rows(activation);
  }

  /** Applies it to every element. */
  private record Elements(Activation function) implements ElementWise {
    @Override
    public List<TensorSpec> outputs(CallSpec call) {
      return List.of(call.input());
    }

    @Override
    public void forward(Call call) {
      Tensor from = call.input(0);
      Tensor into = call.output(0);
      System.arraycopy(((ArrayTensor) from).array(), 0, ((ArrayTensor) into).array(), 0, from.size());
      applyInPlace(function, call.kernels(), into);
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
      return dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
    }

    @Override
    public boolean castsInputs() {
      return true;
    }
  }

  /** Applies it to every row of the last axis. */
  private record Rows(Activation function) implements Layer {
    @Override
    public List<TensorSpec> outputs(CallSpec call) {
      return List.of(call.input().withLast(function.outputLength(call.input().shape().last())));
    }

    @Override
    public void forward(Call call) {
      Tensor from = call.input(0);
      Tensor into = call.output(0);
      int length = from.shape().last();
      int kept = into.shape().last();
      int rows = length == 0 ? 0 : from.size() / length;
      for (int row = 0; row < rows; row++) {
        if (from.dtype() == DType.FLOAT64) {
          double[] scratch = call.doubles(0, length);
          System.arraycopy(from.doubles(), row * length, scratch, 0, length);
          function.apply(scratch, 0, length);
          System.arraycopy(scratch, 0, into.doubles(), row * kept, kept);
        } else {
          float[] scratch = call.floats(0, length);
          System.arraycopy(from.floats(), row * length, scratch, 0, length);
          function.apply(call.kernels(), scratch, 0, length);
          System.arraycopy(scratch, 0, into.floats(), row * kept, kept);
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

    @Override
    public boolean supports(DType dtype) {
      return dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
    }

    @Override
    public boolean castsInputs() {
      return true;
    }
  }

  /** Applies an ELEMENT activation to a whole tensor. */
  static void applyInPlace(Activation function, dev.posthorn.spi.Kernels kernels, Tensor x) {
    if (x.dtype() == DType.FLOAT64) {
      function.apply(x.doubles(), 0, x.size());
    } else {
      function.apply(kernels, x.floats(), 0, x.size());
    }
  }
}
