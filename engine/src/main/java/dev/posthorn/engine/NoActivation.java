package dev.posthorn.engine;

import dev.posthorn.spi.Activation;

/** The activation of a layer that has none. */
enum NoActivation implements Activation {
  INSTANCE;

  @Override
  public void apply(float[] x, int from, int to) {}

  @Override
  public void apply(double[] x, int from, int to) {}

  @Override
  public boolean isIdentity() {
    return true;
  }
}
