package dev.posthorn.engine.kernels;

import dev.posthorn.spi.Function;
import dev.posthorn.spi.Recurrences;

/** The steps of recurrent cells, one number at a time in double. */
final class ScalarRecurrences implements Recurrences {
  @Override
  public void lstm(int rows, int units, float[] x, int xFrom, float[] r, int rFrom, float[] c, float[] h) {
    for (int row = 0; row < rows; row++) {
      for (int j = 0; j < units; j++) {
        int at = row * 4 * units + j;
        int state = row * units + j;
        double i = sigmoid(sum(x, xFrom, r, rFrom, at));
        double f = sigmoid(sum(x, xFrom, r, rFrom, at + units));
        double g = StrictMath.tanh(sum(x, xFrom, r, rFrom, at + 2 * units));
        double o = sigmoid(sum(x, xFrom, r, rFrom, at + 3 * units));
        c[state] = (float) (f * c[state] + i * g);
        h[state] = (float) (o * StrictMath.tanh(c[state]));
      }
    }
  }

  @Override
  public void gru(int rows, int units, float[] x, int xFrom, float[] r, int rFrom, float[] h) {
    for (int row = 0; row < rows; row++) {
      for (int j = 0; j < units; j++) {
        int at = row * 3 * units + j;
        int state = row * units + j;
        double z = sigmoid(sum(x, xFrom, r, rFrom, at));
        double reset = sigmoid(sum(x, xFrom, r, rFrom, at + units));
        double candidate = StrictMath.tanh(x[xFrom + at + 2 * units] + reset * r[rFrom + at + 2 * units]);
        h[state] = (float) (z * h[state] + (1 - z) * candidate);
      }
    }
  }

  private static float sum(float[] x, int xFrom, float[] r, int rFrom, int at) {
    return x[xFrom + at] + r[rFrom + at];
  }

  private static double sigmoid(double x) {
    return ScalarFunctions.apply(Function.SIGMOID, 0, 0, x);
  }
}
