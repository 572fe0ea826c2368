package dev.posthorn.engine.layers.core;

import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/**
 * keras.layers.Masking: a step whose features all are the mask value counts no more; its features become 0. (..., n) to
 * the same shape, with a mask of the shape (...).
 */
final class Masker implements RowLayer {
  private final double value;

  Masker(LayerSpec spec) {
    value = spec.config().number("mask_value", 0);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    if (call.input().shape().rank() < 2) {
      throw call.error("expected at least 2 axes, got shape %s", call.input().shape());
    }
    return List.of(call.input());
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    Tensor mask = call.outputMask();
    int features = input.shape().last();
    int steps = features == 0 ? 0 : input.size() / features;
    for (int step = 0; step < steps; step++) {
      int from = step * features;
      boolean counts =
          input.dtype() == DType.FLOAT64
              ? step(input.doubles(), output.doubles(), from, features)
              : step(input.floats(), output.floats(), from, features);
      if (mask != null) {
        mask.booleans()[step] = counts;
      }
    }
  }

  private boolean step(float[] x, float[] y, int from, int features) {
    float hidden = (float) value;
    boolean counts = false;
    for (int i = from; i < from + features; i++) {
      counts |= x[i] != hidden;
    }
    for (int i = from; i < from + features; i++) {
      y[i] = counts ? x[i] : 0;
    }
    return counts;
  }

  private boolean step(double[] x, double[] y, int from, int features) {
    boolean counts = false;
    for (int i = from; i < from + features; i++) {
      counts |= x[i] != value;
    }
    for (int i = from; i < from + features; i++) {
      y[i] = counts ? x[i] : 0;
    }
    return counts;
  }

  @Override
  public Masking masking() {
    return Masking.COMPUTE;
  }

  @Override
  public Shape maskShape(CallSpec call) {
    return call.input().shape().dropLast();
  }
}
