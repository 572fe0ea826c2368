package dev.posthorn.engine.kernels;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Matrix;
import org.jspecify.annotations.Nullable;

/** Stands in until the real kernels are there. */
final class PlainKernels implements EngineKernels {
  private record Plain(float @Nullable [] floats, double @Nullable [] doubles, int rows, int columns)
      implements Matrix {}

  @Override
  public String name() {
    return "ejml";
  }

  @Override
  public Matrix pack(float[] values, int rows, int columns) {
    return new Plain(values.clone(), null, rows, columns);
  }

  @Override
  public Matrix pack(double[] values, int rows, int columns) {
    return new Plain(null, values.clone(), rows, columns);
  }

  @Override
  public long bytes(Matrix matrix) {
    return (long) matrix.rows() * matrix.columns() * Float.BYTES;
  }

  @Override
  public void warmUp(double seconds) {}

  @Override
  public void affine(
      float[] x, int xFrom, int rows, Matrix m, float @Nullable [] bias, Activation activation, float[] y, int yFrom) {
    float[] weights = java.util.Objects.requireNonNull(((Plain) m.packed()).floats);
    int k = m.rows();
    int n = m.columns();
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < n; c++) {
        float sum = bias == null ? 0 : bias[c];
        for (int i = 0; i < k; i++) {
          sum = Math.fma(x[xFrom + row * k + i], weights[i * n + c], sum);
        }
        y[yFrom + row * n + c] = sum;
      }
      if (activation.scope() == Activation.Scope.ROW) {
        activation.apply(this, y, yFrom + row * n, yFrom + row * n + n);
      }
    }
    if (activation.scope() == Activation.Scope.ELEMENT) {
      activation.apply(this, y, yFrom, yFrom + rows * n);
    }
  }

  @Override
  public void affine(
      double[] x, int xFrom, int rows, Matrix m, double @Nullable [] bias, Activation activation, double[] y,
      int yFrom) {
    double[] weights = java.util.Objects.requireNonNull(((Plain) m.packed()).doubles);
    int k = m.rows();
    int n = m.columns();
    for (int row = 0; row < rows; row++) {
      for (int c = 0; c < n; c++) {
        double sum = bias == null ? 0 : bias[c];
        for (int i = 0; i < k; i++) {
          sum += x[xFrom + row * k + i] * weights[i * n + c];
        }
        y[yFrom + row * n + c] = sum;
      }
      if (activation.scope() == Activation.Scope.ROW) {
        activation.apply(y, yFrom + row * n, yFrom + row * n + n);
      }
    }
    if (activation.scope() == Activation.Scope.ELEMENT) {
      activation.apply(y, yFrom, yFrom + rows * n);
    }
  }

  @Override
  public void multiply(
      int m, int n, int k, float[] a, int aFrom, int aStride, float[] b, int bFrom, int bStride, boolean bTransposed,
      float[] c, int cFrom, int cStride, boolean add) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = add ? c[cFrom + i * cStride + j] : 0;
        for (int p = 0; p < k; p++) {
          sum += a[aFrom + i * aStride + p] * b[bTransposed ? bFrom + j * bStride + p : bFrom + p * bStride + j];
        }
        c[cFrom + i * cStride + j] = sum;
      }
    }
  }

  @Override
  public void multiply(
      int m, int n, int k, double[] a, int aFrom, int aStride, double[] b, int bFrom, int bStride,
      boolean bTransposed, double[] c, int cFrom, int cStride, boolean add) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = add ? c[cFrom + i * cStride + j] : 0;
        for (int p = 0; p < k; p++) {
          sum += a[aFrom + i * aStride + p] * b[bTransposed ? bFrom + j * bStride + p : bFrom + p * bStride + j];
        }
        c[cFrom + i * cStride + j] = sum;
      }
    }
  }

  @Override
  public void apply(Function f, float a, float b, float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = (float) value(f, a, b, x[i]);
    }
  }

  @Override
  public void apply(Function f, double a, double b, double[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = value(f, a, b, x[i]);
    }
  }

  private static double sigmoid(double x) {
    return 1 / (1 + StrictMath.exp(-x));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  private static double erf(double x) {
    double t = 1 / (1 + 0.5 * Math.abs(x));
    double y = 1 - t * StrictMath.exp(-x * x - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418
        + t * (-0.18628806 + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587
        + t * (-0.82215223 + t * 0.17087277)))))))));
    return x >= 0 ? y : -y;
  }

  private static double value(Function f, double a, double b, double x) {
    return switch (f) {
      case EXP -> StrictMath.exp(x);
      case EXPM1 -> StrictMath.expm1(x);
      case LOG -> StrictMath.log(x);
      case LOG1P -> StrictMath.log1p(x);
      case TANH -> StrictMath.tanh(x);
      case SIGMOID -> sigmoid(x);
      case ERF -> erf(x);
      case SOFTPLUS -> softplus(x);
      case LOG_SIGMOID -> -softplus(-x);
      case SILU -> x * sigmoid(x);
      case GELU -> 0.5 * x * (1 + erf(x / StrictMath.sqrt(2)));
      case GELU_TANH ->
          0.5 * x * (1 + StrictMath.tanh(StrictMath.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case MISH -> x * StrictMath.tanh(softplus(x));
      case ELU -> x > 0 ? x : a * StrictMath.expm1(x);
      case SELU -> b * (x > 0 ? x : a * StrictMath.expm1(x));
      case CELU -> Math.max(x, 0) + Math.min(0, a * StrictMath.expm1(x / a));
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU -> x > 0 ? x : a * x;
      case HARD_SIGMOID -> Math.min(1, Math.max(0, a * x + b));
      case HARD_SILU -> x * Math.min(1, Math.max(0, a * x + b));
      case CLIP -> Math.min(b, Math.max(a, x));
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case HARD_SHRINK -> Math.abs(x) > a ? x : 0;
      case SOFT_SHRINK -> x > a ? x - a : x < -a ? x + a : 0;
      case TANH_SHRINK -> x - StrictMath.tanh(x);
      case THRESHOLD -> x > a ? x : b;
      case SQUAREPLUS -> (x + StrictMath.sqrt(x * x + a)) / 2;
      case SPARSE_PLUS -> x <= -1 ? 0 : x >= 1 ? x : (x + 1) * (x + 1) / 4;
      case SQRT -> StrictMath.sqrt(x);
      case RSQRT -> 1 / StrictMath.sqrt(x);
      case SIN -> StrictMath.sin(x);
      case COS -> StrictMath.cos(x);
    };
  }

  @Override
  public void softmax(float[] x, int from, int to) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += StrictMath.exp(x[i] - max);
    }
    for (int i = from; i < to; i++) {
      x[i] = (float) (StrictMath.exp(x[i] - max) / sum);
    }
  }

  @Override
  public void softmax(double[] x, int from, int to) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += StrictMath.exp(x[i] - max);
    }
    for (int i = from; i < to; i++) {
      x[i] = StrictMath.exp(x[i] - max) / sum;
    }
  }
}
