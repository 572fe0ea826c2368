package dev.posthorn.engine.layers.activations;

import dev.posthorn.spi.Activation;

/**
 * keras.activations.relu with all its parameters: x above the threshold, at most max; below it slope (x - threshold).
 */
record BoundedRelu(double slope, double threshold, double max) implements Activation {
  @Override
  public void apply(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = (float) at(x[i]);
    }
  }

  @Override
  public void apply(double[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = at(x[i]);
    }
  }

  private double at(double x) {
    return x > threshold ? Math.min(x, max) : slope * (x - threshold) + 0.0;
  }
}
