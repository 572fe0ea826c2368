package dev.posthorn.engine.layers.reshaping;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.StridedCopy;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.Arrays;
import java.util.List;

/** Zeros around the spatial axes, from {@code firstAxis} on (keras.layers.ZeroPadding1D, 2D, 3D). */
final class Padding implements RowLayer {
  private final int rank;
  private final int firstAxis;
  private final int[][] margins;

  /** @param margins the numbers of zeros before and after, for each spatial axis */
  Padding(int rank, int firstAxis, int[][] margins) {
    this.rank = rank;
    this.firstAxis = firstAxis;
    this.margins = margins;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    if (call.input().shape().rank() != rank) {
      throw call.error("expected %d axes, got shape %s", rank, call.input().shape());
    }
    return List.of(call.input().withShape(padded(call.input().shape())));
  }

  private Shape padded(Shape shape) {
    Shape result = shape;
    for (int i = 0; i < margins.length; i++) {
      int length = shape.dim(firstAxis + i);
      if (length != Shape.UNKNOWN) {
        result = result.with(firstAxis + i, length + margins[i][0] + margins[i][1]);
      }
    }
    return result;
  }

  @Override
  public Object prepare(CallSpec call) {
    Shape row = call.input().shape().with(0, 1);
    int[] target = View.contiguous(padded(row).dims());
    int start = 0;
    for (int i = 0; i < margins.length; i++) {
      start += margins[i][0] * target[firstAxis + i];
    }
    return StridedCopy.of(row.dims(), 0, View.contiguous(row.dims()), start, target);
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    switch (output.dtype().storage()) {
      case FLOATS -> Arrays.fill(output.floats(), 0, output.size(), 0);
      case DOUBLES -> Arrays.fill(output.doubles(), 0, output.size(), 0);
      case INTS -> Arrays.fill(output.ints(), 0, output.size(), 0);
      case LONGS -> Arrays.fill(output.longs(), 0, output.size(), 0);
      case BOOLEANS -> Arrays.fill(output.booleans(), 0, output.size(), false);
      case STRINGS -> Arrays.fill(output.strings(), 0, output.size(), "");
    }
    int inputRow = input.shape().product(1, rank);
    int outputRow = output.shape().product(1, rank);
    call.prepared(StridedCopy.class)
        .runRows(RawArray.of(input), inputRow, RawArray.of(output), outputRow, input.shape().first());
  }

  @Override
  public boolean castsInputs() {
    return false;
  }
}
