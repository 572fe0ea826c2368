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
import java.util.List;

/** Every element repeated along the spatial axes, from {@code firstAxis} on (keras.layers.UpSampling1D, 2D, 3D). */
final class Repeat implements RowLayer {
  private final int rank;
  private final int firstAxis;
  private final int[] sizes;

  Repeat(int rank, int firstAxis, int[] sizes) {
    this.rank = rank;
    this.firstAxis = firstAxis;
    this.sizes = sizes;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = call.input().shape();
    if (shape.rank() != rank) {
      throw call.error("expected %d axes, got shape %s", rank, shape);
    }
    Shape result = shape;
    for (int i = 0; i < sizes.length; i++) {
      int length = shape.dim(firstAxis + i);
      result = result.with(firstAxis + i, length == Shape.UNKNOWN ? length : length * sizes[i]);
    }
    return List.of(call.input().withShape(result));
  }

  @Override
  public Object prepare(CallSpec call) {
    View row = View.of(call.input().shape().with(0, 1));
    for (int i = sizes.length - 1; i >= 0; i--) {
      row = row.insert(firstAxis + i + 1, sizes[i]);
    }
    return StridedCopy.gather(row);
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    Tensor output = call.output(0);
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
