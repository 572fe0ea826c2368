package dev.posthorn.engine.layers.activations;

import dev.posthorn.engine.arrays.Scalars;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Kernels;

/**
 * A function of one number with its two parameters, as the kernels know it. Without kernels it is computed in double,
 * which differs in the last bits.
 */
public record ElementFunction(Function function, double a, double b) implements Activation {
  /** A function that has no parameters. */
  public static ElementFunction of(Function function) {
    return new ElementFunction(function, 0, 0);
  }

  @Override
  public void apply(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = (float) Scalars.at(function, a, b, x[i]);
    }
  }

  @Override
  public void apply(Kernels kernels, float[] x, int from, int to) {
    kernels.apply(function, (float) a, (float) b, x, from, to);
  }

  @Override
  public void apply(double[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = Scalars.at(function, a, b, x[i]);
    }
  }

  @Override
  public boolean isRelu() {
    return function == Function.RELU;
  }
}
