package dev.posthorn.engine.layers.activations;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.LayerSpec;

/** The functions of the layers ReLU, LeakyReLU, ThresholdedReLU and ELU, with the keys that each Keras used. */
final class Rectifiers {
  private static final double LAYER_SLOPE = 0.3;

  private Rectifiers() {}

  static Activation relu(LayerSpec spec) {
    Config config = spec.config();
    double slope = config.number("negative_slope", 0);
    double threshold = config.number("threshold", 0);
    double max = config.number("max_value", Double.POSITIVE_INFINITY);
    if (slope == 0 && threshold == 0) {
      return max == Double.POSITIVE_INFINITY
          ? ElementFunction.of(Function.RELU)
          : new ElementFunction(Function.CLIP, 0, max);
    }
    if (threshold == 0 && max == Double.POSITIVE_INFINITY) {
      return new ElementFunction(Function.LEAKY_RELU, slope, 0);
    }
    return new BoundedRelu(slope, threshold, max);
  }

  /** Keras 2 wrote the slope as {@code alpha}. */
  static Activation leakyRelu(LayerSpec spec) {
    Config config = spec.config();
    double slope = config.number("negative_slope", config.number("alpha", LAYER_SLOPE));
    return new ElementFunction(Function.LEAKY_RELU, slope, 0);
  }

  /** Keras 2: x above theta, else 0. */
  static Activation thresholdedRelu(LayerSpec spec) {
    return new ElementFunction(Function.THRESHOLD, spec.config().number("theta", 1), 0);
  }

  static Activation elu(LayerSpec spec) {
    return new ElementFunction(Function.ELU, spec.config().number("alpha", 1), 0);
  }
}
