package dev.posthorn.engine.layers.embedding;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks vectors up: ids of any shape give the shape and one more axis, of {@code output_dim}. Ids may be floats; one
 * outside the table is an error. With {@code mask_zero} the id 0 is masked. Keras: keras.layers.Embedding.
 */
final class Embedding implements Layer {
  private final Weight table;
  private final boolean maskZero;
  private final DType dtype;
  private final int rows;
  private final int width;

  Embedding(LayerSpec spec) {
    Config config = spec.config();
    // The file holds the table with the low-rank update already added.
    config.ignore("input_length", "lora_rank", "lora_alpha", "quantization_config");
    rows = config.integer("input_dim");
    width = config.integer("output_dim");
    maskZero = config.flag("mask_zero", false);
    dtype = spec.dtype();
    table = spec.weight("embeddings", Shape.of(rows, width));
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    DType ids = call.input().dtype();
    if (!ids.isInteger() && !ids.isFloating()) {
      throw call.error("expected numbers as ids, got %s", ids.kerasName());
    }
    return List.of(new TensorSpec(dtype, call.input().shape().append(width)));
  }

  @Override
  public void forward(Call call) {
    Tensor ids = call.input(0);
    Tensor output = call.output(0);
    Tensor mask = call.outputMask();
    int count = ids.size();
    for (int i = 0; i < count; i++) {
      int id = id(call, ids, i);
      if (dtype.storage() == DType.Storage.DOUBLES) {
        System.arraycopy(table.doubles(), id * width, output.doubles(), i * width, width);
      } else {
        System.arraycopy(table.floats(), id * width, output.floats(), i * width, width);
      }
      if (mask != null) {
        mask.booleans()[i] = id != 0;
      }
    }
  }

  private int id(Call call, Tensor ids, int i) {
    double id =
        switch (ids.dtype().storage()) {
          case INTS -> ids.ints()[i];
          case LONGS -> ids.longs()[i];
          case FLOATS -> ids.floats()[i];
          case DOUBLES -> ids.doubles()[i];
          case BOOLEANS, STRINGS -> Double.NaN;
        };
    if (id > -1 && id < rows) {
      return (int) id;
    }
    throw call.spec().error("expected ids from 0 to %d, got %s", rows - 1, ids.dtype().isInteger() ? (long) id : id);
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }

  @Override
  public Masking masking() {
    return maskZero ? Masking.COMPUTE : Masking.DROP;
  }

  @Override
  public @Nullable Shape maskShape(CallSpec call) {
    return maskZero ? call.input().shape() : null;
  }

  @Override
  public boolean supports(DType dtype) {
    return dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
  }
}
