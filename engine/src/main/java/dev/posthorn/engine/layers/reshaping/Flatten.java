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

/**
 * (batch, a, b, ...) to (batch, a b ...); (batch) to (batch, 1) (keras.layers.Flatten).
 *
 * @param channelsFirst whether axis 1 becomes the last one before
 */
record Flatten(boolean channelsFirst) implements RowLayer {
  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape input = call.input().shape();
    Shape row = input.slice(1, input.rank());
    return List.of(call.input().withShape(Shape.of(input.first(), row.isKnown() ? row.size() : Shape.UNKNOWN)));
  }

  @Override
  public Object prepare(CallSpec call) {
    View row = View.of(call.input().shape().with(0, 1));
    if (channelsFirst) {
      int[] order = new int[row.rank()];
      for (int i = 1; i < order.length - 1; i++) {
        order[i] = i + 1;
      }
      order[order.length - 1] = 1;
      row = row.transpose(order);
    }
    return StridedCopy.gather(row);
  }

  @Override
  public void forward(Call call) {
    Tensor output = call.output(0);
    if (channelsFirst) {
      int row = output.shape().last();
      call.prepared(StridedCopy.class)
          .runRows(RawArray.of(call.input(0)), row, RawArray.of(output), row, output.shape().first());
    } else {
      RawArray.copy(call.input(0), output);
    }
  }

  @Override
  public boolean castsInputs() {
    return false;
  }
}
