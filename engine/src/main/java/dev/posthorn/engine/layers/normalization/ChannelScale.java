package dev.posthorn.engine.layers.normalization;

import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Derived;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.ScaleShift;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/**
 * y = scale x + shift along one axis: what BatchNormalization and Rescaling are at inference.
 *
 * <p>Scale and shift are computed in double once. One number each stands for the whole axis.
 */
final class ChannelScale implements ScaleShift, RowLayer {
  /** The numbers, in both precisions. */
  record Factors(float[] scale, float[] shift, double[] scales, double[] shifts) {
    static Factors of(double[] scales, double[] shifts) {
      float[] scale = new float[scales.length];
      float[] shift = new float[scales.length];
      for (int i = 0; i < scales.length; i++) {
        scale[i] = (float) scales[i];
        shift[i] = (float) shifts[i];
      }
      return new Factors(scale, shift, scales, shifts);
    }
  }

  private final int axis;
  private final Derived<Factors> factors;

  ChannelScale(int axis, Derived<Factors> factors) {
    this.axis = axis;
    this.factors = factors;
  }

  @Override
  public float[] scale() {
    return factors.get().scale();
  }

  @Override
  public float[] shift() {
    return factors.get().shift();
  }

  @Override
  public int axis() {
    return axis;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input());
  }

  @Override
  public void forward(Call call) {
    Tensor x = call.input(0);
    Tensor y = call.output(0);
    Shape shape = x.shape();
    Factors f = factors.get();
    int at = shape.rank() == 0 ? 0 : shape.axis(axis);
    int inner = shape.rank() == 0 ? 1 : shape.product(at + 1, shape.rank());
    boolean isDouble = y.dtype() == DType.FLOAT64;
    if (f.scale.length == 1 && isDouble) {
      constant(x.doubles(), y.doubles(), 0, x.size(), f.scales[0], f.shifts[0]);
    } else if (f.scale.length == 1) {
      constant(x.floats(), y.floats(), 0, x.size(), f.scale[0], f.shift[0]);
    } else if (inner == 1 && isDouble) {
      channels(x.doubles(), y.doubles(), x.size(), f);
    } else if (inner == 1) {
      int n = f.scale.length;
      call.kernels()
          .channels()
          .scaleShift(
              x.floats(), 0, y.floats(), 0, x.size() / n, n, f.scale, f.shift, Float.NEGATIVE_INFINITY);
    } else {
      int channel = 0;
      for (int from = 0; from < x.size(); from += inner) {
        if (isDouble) {
          constant(x.doubles(), y.doubles(), from, from + inner, f.scales[channel], f.shifts[channel]);
        } else {
          constant(x.floats(), y.floats(), from, from + inner, f.scale[channel], f.shift[channel]);
        }
        channel = channel + 1 == f.scale.length ? 0 : channel + 1;
      }
    }
  }

  private static void constant(float[] x, float[] y, int from, int to, float scale, float shift) {
    for (int i = from; i < to; i++) {
      y[i] = x[i] * scale + shift;
    }
  }

  private static void constant(double[] x, double[] y, int from, int to, double scale, double shift) {
    for (int i = from; i < to; i++) {
      y[i] = x[i] * scale + shift;
    }
  }

  private static void channels(double[] x, double[] y, int size, Factors f) {
    int n = f.scales.length;
    for (int from = 0; from < size; from += n) {
      for (int c = 0; c < n; c++) {
        y[from + c] = x[from + c] * f.scales[c] + f.shifts[c];
      }
    }
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
