package dev.posthorn.engine.layers.models;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Identity;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An input of a model: gives what it gets, of the shape that the file declares. The batch may have any length. */
final class InputLayer implements Identity {
  private final TensorSpec declared;

  InputLayer(LayerSpec spec) {
    Config config = spec.config();
    config.ignore("optional");
    if (config.flag("sparse", false) || config.flag("ragged", false)) {
      throw spec.unsupported("a sparse or ragged input");
    }
    this.declared = declared(config);
  }

  /** Type and shape that an InputLayer's config declares, the batch axis unknown. */
  static TensorSpec declared(Config config) {
    Object shape = config.value("batch_shape");
    shape = shape == null ? config.value("batch_input_shape") : shape;
    DType dtype = DType.of(config.string("dtype", "float32"));
    return new TensorSpec(dtype, shape(shape));
  }

  private static Shape shape(@Nullable Object value) {
    Object plain = value;
    if (plain instanceof java.util.Map<?, ?> tuple) {
      plain = tuple.get("items");
    }
    if (!(plain instanceof List<?> list)) {
      return Shape.of(Shape.UNKNOWN);
    }
    int[] dims = new int[list.size()];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = i == 0 || list.get(i) == null ? Shape.UNKNOWN : length(list.get(i), list);
    }
    return Shape.of(dims);
  }

  private static int length(@Nullable Object value, List<?> shape) {
    if (value instanceof Number number && number.doubleValue() == number.intValue() && number.intValue() >= Shape.UNKNOWN) {
      return number.intValue();
    }
    throw new InferenceException(
        Reason.INVALID_MODEL,
        "expected an input shape of lengths from 0 to " + Integer.MAX_VALUE + " (null: any), got " + shape);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    if (!declared.shape().accepts(call.input().shape())) {
      throw call.error("expected shape %s, got %s", declared.shape(), call.input().shape());
    }
    return List.of(call.input());
  }

  @Override
  public void forward(Call call) {
    Tensor from = call.input(0);
    Tensor to = call.output(0);
    int size = from.size();
    switch (from.dtype().storage()) {
      case BOOLEANS -> System.arraycopy(from.booleans(), 0, to.booleans(), 0, size);
      case INTS -> System.arraycopy(from.ints(), 0, to.ints(), 0, size);
      case LONGS -> System.arraycopy(from.longs(), 0, to.longs(), 0, size);
      case FLOATS -> System.arraycopy(from.floats(), 0, to.floats(), 0, size);
      case DOUBLES -> System.arraycopy(from.doubles(), 0, to.doubles(), 0, size);
      case STRINGS -> System.arraycopy(from.strings(), 0, to.strings(), 0, size);
    }
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public boolean supports(DType dtype) {
    return true;
  }
}
