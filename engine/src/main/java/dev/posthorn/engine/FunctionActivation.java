package dev.posthorn.engine;

import dev.posthorn.spi.Activation;
import java.util.function.DoubleUnaryOperator;

/** An activation made of a function of one number. */
record FunctionActivation(DoubleUnaryOperator function) implements Activation {
  @Override
  public void apply(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = (float) function.applyAsDouble(x[i]);
    }
  }

  @Override
  public void apply(double[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = function.applyAsDouble(x[i]);
    }
  }
}
