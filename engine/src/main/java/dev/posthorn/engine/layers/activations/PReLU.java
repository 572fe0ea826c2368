package dev.posthorn.engine.layers.activations;

import dev.posthorn.engine.arrays.StridedCopy;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Weight;
import java.util.List;

/** x if positive, else alpha x; one alpha for each element of a row, or shared along some axes (keras.layers.PReLU). */
final class PReLU implements RowLayer {
  private final Weight alpha;

  PReLU(LayerSpec spec) {
    int[] dims = spec.input().shape().dims();
    dims[0] = 1;
    if (spec.config().has("shared_axes")) {
      for (int axis : spec.config().integers("shared_axes")) {
        dims[axis] = 1;
      }
    }
    alpha = spec.weight("alpha", Shape.of(dims).slice(1, dims.length));
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input());
  }

  /** Alpha repeated to the size of a row. */
  @Override
  public Object prepare(CallSpec call) {
    Shape row = call.input().shape().slice(1, call.input().shape().rank());
    StridedCopy repeat = StridedCopy.gather(View.of(alpha.shape()).broadcast(row.dims()));
    double[] slopes = new double[row.size()];
    repeat.run(alpha.asDoubles(), 0, slopes, 0);
    return slopes;
  }

  @Override
  public void forward(Call call) {
    double[] slopes = call.prepared(double[].class);
    Tensor input = call.input(0);
    int rows = slopes.length == 0 ? 0 : input.size() / slopes.length;
    for (int row = 0; row < rows; row++) {
      int from = row * slopes.length;
      if (input.dtype() == DType.FLOAT64) {
        forward(input.doubles(), call.output(0).doubles(), from, slopes);
      } else {
        forward(input.floats(), call.output(0).floats(), from, slopes);
      }
    }
  }

  private static void forward(float[] x, float[] y, int from, double[] slopes) {
    for (int i = 0; i < slopes.length; i++) {
      float value = x[from + i];
      y[from + i] = value > 0 ? value : (float) slopes[i] * value;
    }
  }

  private static void forward(double[] x, double[] y, int from, double[] slopes) {
    for (int i = 0; i < slopes.length; i++) {
      double value = x[from + i];
      y[from + i] = value > 0 ? value : slopes[i] * value;
    }
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
