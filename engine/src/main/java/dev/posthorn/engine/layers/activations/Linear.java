package dev.posthorn.engine.layers.activations;

import dev.posthorn.spi.Activation;

/** keras.activations.linear: changes nothing. */
record Linear() implements Activation {
  @Override
  public void apply(float[] x, int from, int to) {}

  @Override
  public void apply(double[] x, int from, int to) {}

  @Override
  public boolean isIdentity() {
    return true;
  }
}
