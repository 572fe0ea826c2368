package dev.posthorn.engine.ops;

import dev.posthorn.engine.layers.activations.ElementFunction;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;

/** keras.ops.clip with numbers as bounds. */
final class ClipOperation {
  private ClipOperation() {}

  static Layer of(LayerSpec spec) {
    double min = spec.config().number("x_min", Double.NEGATIVE_INFINITY);
    double max = spec.config().number("x_max", Double.POSITIVE_INFINITY);
    return UnaryOperation.of(spec, new ElementFunction(Function.CLIP, min, max), true);
  }
}
