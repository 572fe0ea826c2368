package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.util.Arrays;
import java.util.List;

/**
 * keras.ops.reshape and ravel. Rows stay rows where the new shape is (-1, ...) or (batch, ...) and as many elements
 * follow as a row had.
 */
final class ReshapeOperation implements Operation {
  private final int[] target;

  private ReshapeOperation(int[] target) {
    this.target = target;
  }

  static ReshapeOperation of(LayerSpec spec) {
    Object shape = spec.config().value("newshape");
    boolean scalar = shape instanceof List<?> list && list.isEmpty();
    return new ReshapeOperation(scalar ? new int[0] : spec.config().integers("newshape"));
  }

  static ReshapeOperation ravel() {
    return new ReshapeOperation(new int[] {-1});
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input().withShape(reshaped(call)));
  }

  private Shape reshaped(CallSpec call) {
    Shape input = call.input().shape();
    int[] dims = target.clone();
    int free = -1;
    long known = 1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == -1) {
        free = i;
      } else {
        known *= dims[i];
      }
    }
    if (input.isKnown()) {
      int size = input.size();
      if (free >= 0 && known > 0 && size % known == 0) {
        dims[free] = (int) (size / known);
      } else if (free >= 0 ? size != 0 || known != 0 : known != size) {
        throw call.error("cannot reshape %s to %s", input, Arrays.toString(target));
      } else if (free >= 0) {
        dims[free] = 0;
      }
    }
    return Shape.of(dims);
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    Shape input = call.input().shape();
    Shape output = Shape.of(target);
    if (input.rank() == 0 || output.rank() == 0 || !output.slice(1, output.rank()).isKnown()) {
      return false;
    }
    Shape row = input.slice(1, input.rank());
    return row.isKnown()
        && row.size() == output.product(1, output.rank())
        && (output.first() == Shape.UNKNOWN || output.first() == input.first());
  }

  @Override
  public void forward(Call call) {
    RawArray.copy(call.input(0), call.output(0));
  }
}
