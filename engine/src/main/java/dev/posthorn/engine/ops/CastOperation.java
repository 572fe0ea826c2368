package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * keras.ops.cast: another type, by the rules of {@link Casting}.
 *
 * @param to null: the type stays
 */
record CastOperation(@Nullable DType to) implements Operation {
  static CastOperation of(LayerSpec spec) {
    return new CastOperation(spec.config().has("dtype") ? DType.of(spec.config().string("dtype")) : null);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    DType type = to;
    if (type == null && call.argument(1, "dtype").value() instanceof String name) {
      type = DType.of(name);
    }
    DType from = call.input().dtype();
    if (type == null) {
      return List.of(call.input());
    }
    if ((from == DType.STRING) != (type == DType.STRING)) {
      throw call.error("cannot cast %s to %s", from.kerasName(), type.kerasName());
    }
    return List.of(call.input().withDType(type));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return call.input().shape().rank() > 0;
  }

  @Override
  public void forward(Call call) {
    Casting.run(
        RawArray.of(call.input(0)), call.input(0).size(), RawArray.of(call.output(0)), call.output(0).dtype());
  }
}
