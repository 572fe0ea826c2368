package dev.posthorn.engine.layers;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.Weight;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of a matrix product with bias and activation, in whichever floating type a call has. */
public final class Rows {
  private static final int SCRATCH = 7;
  private static final Activation NONE = new None();

  private Rows() {}

  /** The identity. */
  private record None() implements Activation {
    @Override
    public void apply(float[] x, int from, int to) {}

    @Override
    public void apply(double[] x, int from, int to) {}

    @Override
    public boolean isIdentity() {
      return true;
    }
  }

  /** An activation that changes nothing. */
  public static Activation identity() {
    return NONE;
  }

  /** The elements of an optional float weight. */
  public static float @Nullable [] floats(Optional<Weight> weight) {
    return weight.isPresent() ? weight.get().floats() : null;
  }

  /** The elements of an optional float64 weight. */
  public static double @Nullable [] doubles(Optional<Weight> weight) {
    return weight.isPresent() ? weight.get().doubles() : null;
  }

  /**
   * y = activation(x m + bias), where an activation may make rows shorter. Uses scratch slot 7 in that case.
   *
   * @param rows how many rows of {@code m.rows()} numbers x has
   */
  public static void affine(
      Call call, Tensor x, int rows, Matrix m, Optional<Weight> bias, Activation activation, Tensor y) {
    int columns = m.columns();
    int kept = activation.outputLength(columns);
    if (kept == columns) {
      if (y.dtype() == DType.FLOAT64) {
        call.kernels().affine(x.doubles(), 0, rows, m, doubles(bias), activation, y.doubles(), 0);
      } else {
        call.kernels().affine(x.floats(), 0, rows, m, floats(bias), activation, y.floats(), 0);
      }
    } else if (y.dtype() == DType.FLOAT64) {
      double[] wide = call.doubles(SCRATCH, Math.multiplyExact(rows, columns));
      call.kernels().affine(x.doubles(), 0, rows, m, doubles(bias), NONE, wide, 0);
      for (int row = 0; row < rows; row++) {
        activation.apply(wide, row * columns, (row + 1) * columns);
        System.arraycopy(wide, row * columns, y.doubles(), row * kept, kept);
      }
    } else {
      float[] wide = call.floats(SCRATCH, Math.multiplyExact(rows, columns));
      call.kernels().affine(x.floats(), 0, rows, m, floats(bias), NONE, wide, 0);
      for (int row = 0; row < rows; row++) {
        activation.apply(call.kernels(), wide, row * columns, (row + 1) * columns);
        System.arraycopy(wide, row * columns, y.floats(), row * kept, kept);
      }
    }
  }

  /** Applies an activation that keeps lengths to all rows of that length, in place. */
  public static void activate(Call call, Activation activation, Tensor y, int length) {
    if (activation.isIdentity()) {
      return;
    }
    int step = activation.scope() == Activation.Scope.ELEMENT ? y.size() : length;
    for (int from = 0; from < y.size(); from += step) {
      if (y.dtype() == DType.FLOAT64) {
        activation.apply(y.doubles(), from, from + step);
      } else {
        activation.apply(call.kernels(), y.floats(), from, from + step);
      }
    }
  }
}
