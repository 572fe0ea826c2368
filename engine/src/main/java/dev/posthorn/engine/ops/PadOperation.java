package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.StridedCopy;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.Arrays;
import java.util.List;

/** keras.ops.pad with a constant around each axis. */
final class PadOperation implements Operation {
  private final int[][] widths;

  /** @param widths how many before and after, for each axis */
  PadOperation(int[][] widths) {
    this.widths = widths;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input().withShape(padded(call.input().shape())));
  }

  private Shape padded(Shape shape) {
    Shape result = shape;
    for (int i = 0; i < widths.length; i++) {
      if (shape.dim(i) != Shape.UNKNOWN) {
        result = result.with(i, shape.dim(i) + widths[i][0] + widths[i][1]);
      }
    }
    return result;
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return widths.length > 0 && widths[0][0] == 0 && widths[0][1] == 0;
  }

  /** The copy of one row or of everything into the middle, and what stands around. */
  private record Plan(StridedCopy copy, boolean perRow, double constant) {}

  @Override
  public Object prepare(CallSpec call) {
    boolean perRow = rowsIndependent(call);
    Shape shape = perRow ? call.input().shape().with(0, 1) : call.input().shape();
    int[] target = View.contiguous(padded(shape).dims());
    int start = 0;
    for (int i = 0; i < widths.length; i++) {
      start += widths[i][0] * target[i];
    }
    Object constant = call.argument(1, "constant_values").value();
    double value = constant instanceof Number number ? number.doubleValue() : 0;
    StridedCopy copy = StridedCopy.of(shape.dims(), 0, View.contiguous(shape.dims()), start, target);
    return new Plan(copy, perRow, value);
  }

  @Override
  public void forward(Call call) {
    Plan plan = call.prepared(Plan.class);
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    double value = plan.constant();
    switch (output.dtype().storage()) {
      case FLOATS -> Arrays.fill(output.floats(), 0, output.size(), (float) value);
      case DOUBLES -> Arrays.fill(output.doubles(), 0, output.size(), value);
      case INTS -> Arrays.fill(output.ints(), 0, output.size(), (int) value);
      case LONGS -> Arrays.fill(output.longs(), 0, output.size(), (long) value);
      case BOOLEANS -> Arrays.fill(output.booleans(), 0, output.size(), value != 0);
      case STRINGS -> Arrays.fill(output.strings(), 0, output.size(), "");
    }
    if (input.size() == 0) {
      return;
    }
    int rows = plan.perRow() ? input.shape().first() : 1;
    plan.copy()
        .runRows(RawArray.of(input), input.size() / rows, RawArray.of(output), output.size() / rows, rows);
  }
}
