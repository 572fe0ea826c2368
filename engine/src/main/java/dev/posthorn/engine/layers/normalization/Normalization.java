package dev.posthorn.engine.layers.normalization;

import dev.posthorn.engine.arrays.Axes;
import dev.posthorn.engine.arrays.StridedCopy;
import dev.posthorn.engine.arrays.View;
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

/**
 * (x - mean) / max(sqrt(variance), 1e-7), or back, with one pair of numbers for each index of the kept axes
 * (keras.layers.Normalization). Adapted layers have them as weights (mean, variance, count), others in the config.
 */
final class Normalization implements RowLayer {
  private static final double EPSILON = 1e-7;

  private final int[] keep;
  private final boolean invert;
  private final Derived<Statistics> statistics;

  /** Numbers of that shape: a shorter one is aligned to the last kept axes. */
  private record Statistics(double[] mean, double[] deviation, Shape shape) {}

  Normalization(LayerSpec spec) {
    invert = spec.config().flag("invert", false);
    Shape input = spec.input().shape();
    Object axis = spec.config().value("axis");
    boolean none = axis == null || axis instanceof List<?> list && list.isEmpty();
    keep = none ? new int[0] : Axes.sorted(spec.config().integers("axis"), input.rank());
    int[] dims = Arrays.stream(keep).map(input::dim).toArray();
    Shape shape = Shape.of(dims);
    if (!shape.isKnown()) {
      throw spec.error("expected known lengths along axes %s, got shape %s", Arrays.toString(keep), input);
    }
    if (isGiven(spec, "mean")) {
      double[] mean = spec.config().numbers("mean");
      double[] variance = spec.config().numbers("variance");
      Statistics given = given(spec, mean, variance, shape);
      statistics = () -> given;
    } else {
      spec.config().ignore("mean", "variance");
      Weight mean = spec.nonTrainableWeight("mean", shape);
      Weight variance = spec.nonTrainableWeight("variance", shape);
      spec.nonTrainableWeight(
          "count", Shape.scalar(), spec.kerasVersion().isBefore(3, 0) ? DType.INT64 : DType.INT32);
      statistics = spec.derive(() -> statistics(mean.asDoubles(), variance.asDoubles(), shape));
    }
  }

  /** Keras writes an absent mean as null, or as NumPy's None. */
  private static boolean isGiven(LayerSpec spec, String key) {
    Object value = spec.config().value(key);
    return value instanceof Number || value instanceof List<?>;
  }

  private static Statistics given(LayerSpec spec, double[] mean, double[] variance, Shape shape) {
    Shape own = shape;
    while (own.rank() > 0 && own.size() > mean.length) {
      own = own.slice(1, own.rank());
    }
    if (own.size() != mean.length || mean.length != variance.length) {
      throw spec.error(
          "expected mean and variance for shape %s, got %d and %d numbers", shape, mean.length, variance.length);
    }
    return statistics(mean, variance, own);
  }

  private static Statistics statistics(double[] mean, double[] variance, Shape shape) {
    double[] deviation = new double[variance.length];
    for (int i = 0; i < deviation.length; i++) {
      deviation[i] = Math.max(Math.sqrt(variance[i]), EPSILON);
    }
    return new Statistics(mean, deviation, shape);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input());
  }

  /** For each element of one row, or of the whole input if axis 0 is kept, its mean and deviation. */
  private record Elements(double[] mean, double[] deviation) {}

  @Override
  public Object prepare(CallSpec call) {
    Statistics s = statistics.get();
    Shape input = call.input().shape();
    boolean whole = Axes.contains(keep, 0);
    int[] dims = whole || input.rank() == 0 ? input.dims() : input.with(0, 1).dims();
    int[] own = new int[dims.length];
    Arrays.fill(own, 1);
    for (int i = 0; i < s.shape().rank(); i++) {
      own[keep[keep.length - s.shape().rank() + i]] = s.shape().dim(i);
    }
    StridedCopy repeat = StridedCopy.gather(View.of(Shape.of(own)).broadcast(dims));
    int size = Shape.of(dims).size();
    double[] mean = new double[size];
    double[] deviation = new double[size];
    repeat.run(s.mean(), 0, mean, 0);
    repeat.run(s.deviation(), 0, deviation, 0);
    return new Elements(mean, deviation);
  }

  @Override
  public void forward(Call call) {
    Elements e = call.prepared(Elements.class);
    Tensor x = call.input(0);
    for (int from = 0; from < x.size(); from += e.mean().length) {
      if (x.dtype() == DType.FLOAT64) {
        row(x.doubles(), call.output(0).doubles(), from, e);
      } else {
        row(x.floats(), call.output(0).floats(), from, e);
      }
    }
  }

  private void row(float[] x, float[] y, int from, Elements e) {
    for (int i = 0; i < e.mean().length; i++) {
      float mean = (float) e.mean()[i];
      float deviation = (float) e.deviation()[i];
      y[from + i] = invert ? mean + x[from + i] * deviation : (x[from + i] - mean) / deviation;
    }
  }

  private void row(double[] x, double[] y, int from, Elements e) {
    for (int i = 0; i < e.mean().length; i++) {
      double mean = e.mean()[i];
      double deviation = e.deviation()[i];
      y[from + i] = invert ? mean + x[from + i] * deviation : (x[from + i] - mean) / deviation;
    }
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return !Axes.contains(keep, 0);
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
