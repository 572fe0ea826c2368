package dev.posthorn.engine.layers.normalization;

import dev.posthorn.engine.arrays.Axes;
import dev.posthorn.engine.arrays.AxisRows;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.Sums;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Derived;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Weight;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * gamma (x - mean) / sqrt(variance + epsilon) + beta along some axes (Ba et al. 2016, keras.layers.LayerNormalization);
 * in the root-mean-square forms gamma x / sqrt(mean of squares + epsilon). Moments are summed in double.
 */
final class LayerNormalization implements RowLayer {
  private static final double[] NOTHING = {};
  private static final double DEFAULT_EPSILON = 1e-3;
  private static final double RMS_EPSILON = 1e-6;

  /** How the deviation is measured. */
  private enum Form {
    STANDARD,
    /** rms_scaling of LayerNormalization: divides by the standard deviation, without centring. */
    SCALED,
    /** RMSNormalization: divides by the root of the mean of squares. */
    ROOT_MEAN_SQUARE
  }

  private final int[] axes;
  private final double epsilon;
  private final Form form;
  private final Derived<double[]> gamma;
  private final Derived<double[]> beta;

  private LayerNormalization(LayerSpec spec, Form form, boolean scale, boolean center, double epsilon) {
    this.form = form;
    this.epsilon = spec.config().number("epsilon", epsilon);
    Shape input = spec.input().shape();
    int[] given = spec.config().has("axis") ? spec.config().integers("axis") : new int[] {-1};
    axes = Axes.sorted(given, input.rank());
    Shape shape = Shape.of(Arrays.stream(axes).map(input::dim).toArray());
    if (!shape.isKnown()) {
      throw spec.error("expected known lengths along axes %s, got shape %s", Arrays.toString(axes), input);
    }
    String name = form == Form.ROOT_MEAN_SQUARE ? "scale" : "gamma";
    gamma = factors(spec, scale ? Optional.of(spec.weight(name, shape)) : Optional.empty());
    beta = factors(spec, center ? Optional.of(spec.weight("beta", shape)) : Optional.empty());
  }

  static LayerNormalization layer(LayerSpec spec) {
    boolean rms = spec.config().flag("rms_scaling", false);
    boolean scale = spec.config().flag("scale", true) || rms;
    boolean center = spec.config().flag("center", true) && !rms;
    return new LayerNormalization(spec, rms ? Form.SCALED : Form.STANDARD, scale, center, DEFAULT_EPSILON);
  }

  static LayerNormalization rootMeanSquare(LayerSpec spec) {
    return new LayerNormalization(spec, Form.ROOT_MEAN_SQUARE, true, false, RMS_EPSILON);
  }

  private static Derived<double[]> factors(LayerSpec spec, Optional<Weight> weight) {
    return weight.isPresent() ? spec.derive(() -> weight.get().asDoubles()) : () -> NOTHING;
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
    Object to = RawArray.of(output);
    int n = rows.length();
    boolean isDouble = output.dtype() == DType.FLOAT64;
    Object scratch = isDouble ? call.doubles(0, rows.blockSize()) : call.floats(0, rows.blockSize());
    double[] scales = gamma.get();
    double[] shifts = beta.get();
    for (int block = 0; block < rows.blocks(output.size()); block++) {
      rows.gather(from, block, scratch);
      for (int row = 0; row < rows.rowsPerBlock(); row++) {
        if (scratch instanceof double[] doubles) {
          normalize(doubles, row * n, n, scales, shifts);
        } else {
          normalize((float[]) scratch, row * n, n, scales, shifts);
        }
      }
      rows.scatter(scratch, to, block);
    }
  }

  private void normalize(float[] x, int from, int n, double[] scales, double[] shifts) {
    double mean = form == Form.ROOT_MEAN_SQUARE ? 0 : Sums.of(x, from, n) / n;
    double factor = 1 / Math.sqrt(Sums.squares(x, from, n, mean) / n + epsilon);
    double center = form == Form.STANDARD ? mean : 0;
    for (int i = 0; i < n; i++) {
      double scale = scales.length == 0 ? factor : factor * scales[i];
      double shift = shifts.length == 0 ? 0 : shifts[i];
      x[from + i] = (float) ((x[from + i] - center) * scale + shift);
    }
  }

  private void normalize(double[] x, int from, int n, double[] scales, double[] shifts) {
    double mean = form == Form.ROOT_MEAN_SQUARE ? 0 : Sums.of(x, from, n) / n;
    double factor = 1 / Math.sqrt(Sums.squares(x, from, n, mean) / n + epsilon);
    double center = form == Form.STANDARD ? mean : 0;
    for (int i = 0; i < n; i++) {
      double scale = scales.length == 0 ? factor : factor * scales[i];
      double shift = shifts.length == 0 ? 0 : shifts[i];
      x[from + i] = (x[from + i] - center) * scale + shift;
    }
  }

  @Override
  public Masking masking() {
    return form == Form.ROOT_MEAN_SQUARE ? Masking.DROP : Masking.PASS;
  }
}
