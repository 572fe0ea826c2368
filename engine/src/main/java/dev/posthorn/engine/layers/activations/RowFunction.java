package dev.posthorn.engine.layers.activations;

import dev.posthorn.engine.arrays.Scalars;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Kernels;

/** The activations that look at a whole row of the last axis. Nothing is allocated. */
public enum RowFunction implements Activation {
  /** e^x over its sum. */
  SOFTMAX {
    @Override
    public void apply(double[] x, int from, int to) {
      double max = max(x, from, to);
      double sum = 0;
      for (int i = from; i < to; i++) {
        x[i] = StrictMath.exp(x[i] - max);
        sum += x[i];
      }
      for (int i = from; i < to; i++) {
        x[i] /= sum;
      }
    }

    @Override
    public void apply(Kernels kernels, float[] x, int from, int to) {
      kernels.softmax(x, from, to);
    }

    @Override
    public void apply(float[] x, int from, int to) {
      double max = max(x, from, to);
      double sum = 0;
      for (int i = from; i < to; i++) {
        double e = StrictMath.exp(x[i] - max);
        x[i] = (float) e;
        sum += e;
      }
      for (int i = from; i < to; i++) {
        x[i] = (float) (x[i] / sum);
      }
    }
  },

  /** x - ln of the sum of e^x. */
  LOG_SOFTMAX {
    @Override
    public void apply(double[] x, int from, int to) {
      double max = max(x, from, to);
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += StrictMath.exp(x[i] - max);
      }
      double log = StrictMath.log(sum);
      for (int i = from; i < to; i++) {
        x[i] = x[i] - max - log;
      }
    }

    @Override
    public void apply(float[] x, int from, int to) {
      double max = max(x, from, to);
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += StrictMath.exp(x[i] - max);
      }
      double log = StrictMath.log(sum);
      for (int i = from; i < to; i++) {
        x[i] = (float) (x[i] - max - log);
      }
    }
  },

  /** The first half of a row times the sigmoid of the second (Dauphin et al. 2017). */
  GLU {
    @Override
    public void apply(double[] x, int from, int to) {
      int half = (to - from) / 2;
      for (int i = from; i < from + half; i++) {
        x[i] *= Scalars.at(Function.SIGMOID, 0, 0, x[i + half]);
      }
    }

    @Override
    public void apply(Kernels kernels, float[] x, int from, int to) {
      int half = (to - from) / 2;
      kernels.apply(Function.SIGMOID, 0, 0, x, from + half, to);
      for (int i = from; i < from + half; i++) {
        x[i] *= x[i + half];
      }
    }

    @Override
    public void apply(float[] x, int from, int to) {
      int half = (to - from) / 2;
      for (int i = from; i < from + half; i++) {
        x[i] = (float) (x[i] * Scalars.at(Function.SIGMOID, 0, 0, x[i + half]));
      }
    }

    @Override
    public int outputLength(int n) {
      return n / 2;
    }
  },

  /**
   * keras.activations.sparsemax. Keras takes the threshold of Martins and Astudillo (2016) from the sum of all
   * cumulative sums of the support instead of the last one, and so do we.
   */
  SPARSEMAX {
    @Override
    public void apply(double[] x, int from, int to) {
      double total = 0;
      double sum = 0;
      double last = Double.POSITIVE_INFINITY;
      int lastAt = -1;
      int support = 0;
      for (int rank = 1; rank <= to - from; rank++) {
        int next = -1;
        for (int i = from; i < to; i++) {
          boolean left = x[i] < last || x[i] == last && i > lastAt;
          next = left && (next < 0 || x[i] > x[next]) ? i : next;
        }
        if (next < 0) {
          break;
        }
        last = x[next];
        lastAt = next;
        sum += last;
        if (last - (sum - 1) / rank <= 0) {
          break;
        }
        total += sum;
        support++;
      }
      double threshold = (total - 1) / support;
      for (int i = from; i < to; i++) {
        x[i] = Math.max(x[i] - threshold, 0);
      }
    }

    @Override
    public void apply(float[] x, int from, int to) {
      double total = 0;
      double sum = 0;
      float last = Float.POSITIVE_INFINITY;
      int lastAt = -1;
      int support = 0;
      for (int rank = 1; rank <= to - from; rank++) {
        int next = -1;
        for (int i = from; i < to; i++) {
          boolean left = x[i] < last || x[i] == last && i > lastAt;
          next = left && (next < 0 || x[i] > x[next]) ? i : next;
        }
        if (next < 0) {
          break;
        }
        last = x[next];
        lastAt = next;
        sum += last;
        if (last - (sum - 1) / rank <= 0) {
          break;
        }
        total += sum;
        support++;
      }
      double threshold = (total - 1) / support;
      for (int i = from; i < to; i++) {
        x[i] = (float) Math.max(x[i] - threshold, 0);
      }
    }
  };

  @Override
  public abstract void apply(double[] x, int from, int to);

  @Override
  public Scope scope() {
    return Scope.ROW;
  }

  private static double max(double[] x, int from, int to) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }

  private static double max(float[] x, int from, int to) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      max = Math.max(max, x[i]);
    }
    return max;
  }
}
