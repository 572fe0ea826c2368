package dev.posthorn.examples.layers;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Weight;
import java.util.List;

/** y = sign(x) |x|^power scale + shift, with one scale and one shift for each index of the last axis. */
final class ScaledShift implements Layer {
  private final double power;
  private final Weight scale;
  private final Weight shift;

  ScaledShift(LayerSpec spec) {
    power = spec.config().number("power");
    int width = spec.input().shape().last();
    scale = spec.weight("scale", Shape.of(width));
    shift = spec.weight("shift", Shape.of(width));
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    if (call.input().shape().last() != scale.shape().last()) {
      throw call.error("expected %d features, got %d", scale.shape().last(), call.input().shape().last());
    }
    return List.of(call.input());
  }

  @Override
  public void forward(Call call) {
    float[] x = call.input(0).floats();
    float[] y = call.output(0).floats();
    float[] factors = scale.floats();
    float[] offsets = shift.floats();
    int width = factors.length;
    int size = call.input(0).size();
    for (int i = 0; i < size; i++) {
      float powered = (float) Math.copySign(StrictMath.pow(Math.abs(x[i]), power), x[i]);
      y[i] = powered * factors[i % width] + offsets[i % width];
    }
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
