package dev.posthorn.engine.layers.normalization;

import dev.posthorn.engine.arrays.Axes;
import dev.posthorn.engine.arrays.AxisRows;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.Sums;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** x over its Euclidean length along some axes; zeros stay zeros (keras.layers.UnitNormalization). */
final class UnitNormalization implements RowLayer {
  private static final double LARGEST_FACTOR = 1e12;

  private final int[] axes;

  UnitNormalization(LayerSpec spec) {
    int[] given = spec.config().has("axis") ? spec.config().integers("axis") : new int[] {-1};
    if (given.length == 0) {
      throw spec.error("expected at least one axis");
    }
    axes = Axes.sorted(given, spec.input().shape().rank());
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input());
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return axes[0] != 0;
  }

  @Override
  public Object prepare(CallSpec call) {
    return AxisRows.of(call.input().shape(), axes);
  }

  @Override
  public void forward(Call call) {
    AxisRows rows = call.prepared(AxisRows.class);
    Object from = RawArray.of(call.input(0));
    Tensor output = call.output(0);
    boolean isDouble = output.dtype() == DType.FLOAT64;
    Object scratch = isDouble ? call.doubles(0, rows.blockSize()) : call.floats(0, rows.blockSize());
    for (int block = 0; block < rows.blocks(output.size()); block++) {
      rows.gather(from, block, scratch);
      for (int row = 0; row < rows.rowsPerBlock(); row++) {
        normalize(scratch, row * rows.length(), rows.length());
      }
      rows.scatter(scratch, RawArray.of(output), block);
    }
  }

  private static void normalize(Object array, int from, int n) {
    if (array instanceof double[] x) {
      double factor = Math.min(1 / Math.sqrt(Sums.squares(x, from, n, 0)), LARGEST_FACTOR);
      for (int i = from; i < from + n; i++) {
        x[i] *= factor;
      }
    } else {
      float[] x = (float[]) array;
      float factor = (float) Math.min(1 / Math.sqrt(Sums.squares(x, from, n, 0)), LARGEST_FACTOR);
      for (int i = from; i < from + n; i++) {
        x[i] *= factor;
      }
    }
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
