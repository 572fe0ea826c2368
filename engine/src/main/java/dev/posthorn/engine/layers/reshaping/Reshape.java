package dev.posthorn.engine.layers.reshaping;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** Gives each row another shape of as many elements; one length may be -1 (keras.layers.Reshape). */
final class Reshape implements RowLayer {
  private final int[] target;

  Reshape(LayerSpec spec) {
    Object shape = spec.config().value("target_shape");
    target = shape instanceof List<?> list && list.isEmpty() ? new int[0] : spec.config().integers("target_shape");
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape input = call.input().shape();
    Shape row = input.slice(1, input.rank());
    int[] dims = target.clone();
    int free = -1;
    int known = 1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == -1) {
        free = i;
      } else {
        known *= dims[i];
      }
    }
    if (row.isKnown()) {
      int size = row.size();
      if (free >= 0 && known > 0 && size % known == 0) {
        dims[free] = size / known;
      } else if (free >= 0 || known != size) {
        throw call.error("cannot reshape rows of shape %s to %s", row, Shape.of(target));
      }
    }
    return List.of(call.input().withShape(Shape.of(dims).prepend(input.first())));
  }

  @Override
  public void forward(Call call) {
    RawArray.copy(call.input(0), call.output(0));
  }

  @Override
  public boolean castsInputs() {
    return false;
  }
}
