package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Axes;
import dev.posthorn.engine.arrays.AxisRows;
import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** Sums or products from the first element on, along an axis: keras.ops.cumsum and cumprod. Without an axis: of all. */
final class CumulativeOperation implements Operation {
  private final boolean product;
  private final boolean flat;
  private final int axis;
  private final DType type;

  private CumulativeOperation(LayerSpec spec, boolean product) {
    this.product = product;
    TensorSpec input = spec.input();
    flat = !spec.config().has("axis");
    axis = flat ? 0 : Axes.positive(spec.config().integer("axis"), input.shape().rank());
    String given = spec.config().string("dtype", "");
    DType own = input.dtype() == DType.BOOL ? DType.INT32 : input.dtype();
    type = given.isEmpty() ? own : DType.of(given);
    if (!type.isFloating() && !type.isInteger()) {
      throw spec.error("expected numbers, got %s", type.kerasName());
    }
  }

  static CumulativeOperation sum(LayerSpec spec) {
    return new CumulativeOperation(spec, false);
  }

  static CumulativeOperation product(LayerSpec spec) {
    return new CumulativeOperation(spec, true);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = call.input().shape();
    Shape result = flat ? Shape.of(shape.isKnown() ? shape.size() : Shape.UNKNOWN) : shape;
    return List.of(new TensorSpec(type, result));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return !flat && axis > 0;
  }

  @Override
  public Object prepare(CallSpec call) {
    Shape shape = call.input().shape();
    return flat ? AxisRows.of(Shape.of(shape.size()), 0) : AxisRows.of(shape, axis);
  }

  @Override
  public void forward(Call call) {
    AxisRows rows = call.prepared(AxisRows.class);
    Tensor input = call.input(0);
    Object result = RawArray.of(call.output(0));
    int n = input.size();
    double[] all = call.doubles(0, n);
    double[] block = call.doubles(1, rows.blockSize());
    Casting.run(RawArray.of(input), n, all, DType.FLOAT64);
    for (int i = 0; i < rows.blocks(n); i++) {
      rows.gather(all, i, block);
      for (int row = 0; row < rows.rowsPerBlock(); row++) {
        accumulate(block, row * rows.length(), rows.length());
      }
      rows.scatter(block, all, i);
    }
    Casting.run(all, n, result, type);
  }

  private void accumulate(double[] x, int from, int n) {
    for (int i = from + 1; i < from + n; i++) {
      x[i] = product ? x[i - 1] * x[i] : x[i - 1] + x[i];
    }
  }
}
