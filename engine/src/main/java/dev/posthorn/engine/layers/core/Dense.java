package dev.posthorn.engine.layers.core;

import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.engine.layers.Rows;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Affine;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Weight;
import java.util.List;
import java.util.Optional;

/**
 * y = activation(x kernel + bias) over the last axis: (..., n) to (..., units), at least two axes (keras.layers.Dense).
 * Keras writes the kernel with its LoRA update already added, so lora_rank and lora_alpha change nothing here.
 */
final class Dense implements Affine, RowLayer {
  private final Matrix kernel;
  private final Optional<Weight> bias;
  private final Activation activation;
  private final int inputs;
  private final int units;

  Dense(LayerSpec spec) {
    spec.config().ignore("lora_rank", "lora_alpha");
    if (spec.config().value("quantization_config") != null || spec.config().has("quantization_mode")) {
      throw spec.unsupported("a quantized kernel");
    }
    units = spec.config().integer("units");
    Shape shape = spec.input().shape();
    if (shape.rank() < 2 || shape.last() == Shape.UNKNOWN) {
      throw spec.error("expected an input of at least 2 axes whose last has a known length, got %s", shape);
    }
    inputs = shape.last();
    kernel = spec.matrix(spec.weight("kernel", Shape.of(inputs, units)), inputs, units);
    bias =
        spec.config().flag("use_bias", true) ? Optional.of(spec.weight("bias", Shape.of(units))) : Optional.empty();
    activation = spec.activation("activation");
  }

  @Override
  public Matrix kernel() {
    return kernel;
  }

  @Override
  public Optional<Weight> bias() {
    return bias;
  }

  @Override
  public Activation activation() {
    return activation;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = call.input().shape();
    if (shape.rank() < 2 || shape.last() != inputs && shape.last() != Shape.UNKNOWN) {
      throw call.error("expected an input of %d features, got shape %s", inputs, shape);
    }
    return List.of(call.input().withLast(activation.outputLength(units)));
  }

  @Override
  public void forward(Call call) {
    int rows = inputs == 0 ? call.input(0).size() : call.input(0).size() / inputs;
    Rows.affine(call, call.input(0), rows, kernel, bias, activation, call.output(0));
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
