package dev.posthorn.engine.ops;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.Arrays;
import java.util.List;

/** keras.ops.zeros_like, ones_like, full_like: a tensor of the input's shape with one number everywhere. */
final class FillOperation implements Operation {
  private final boolean given;
  private final double value;
  private final String dtype;

  private FillOperation(LayerSpec spec, boolean given, double value) {
    this.given = given;
    this.value = value;
    this.dtype = spec.config().string("dtype", "");
  }

  static FillOperation of(LayerSpec spec, double value) {
    return new FillOperation(spec, false, value);
  }

  /** The number is the second argument. */
  static FillOperation full(LayerSpec spec) {
    return new FillOperation(spec, true, 0);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Object argument = call.argument(given ? 2 : 1, "dtype").value();
    String name = argument instanceof String text ? text : dtype;
    number(call);
    return List.of(call.input().withDType(name.isEmpty() ? call.input().dtype() : DType.of(name)));
  }

  private double number(CallSpec call) {
    if (!given) {
      return value;
    }
    return switch (call.argument(1, "fill_value").value()) {
      case Number number -> number.doubleValue();
      case Boolean flag -> flag ? 1 : 0;
      case null, default -> throw call.error("expected a number as fill_value");
    };
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return call.input().shape().rank() > 0;
  }

  @Override
  public Object prepare(CallSpec call) {
    return number(call);
  }

  @Override
  public void forward(Call call) {
    double number = call.prepared(Double.class);
    Tensor y = call.output(0);
    switch (y.dtype().storage()) {
      case FLOATS -> Arrays.fill(y.floats(), 0, y.size(), (float) number);
      case DOUBLES -> Arrays.fill(y.doubles(), 0, y.size(), number);
      case INTS -> Arrays.fill(y.ints(), 0, y.size(), (int) number);
      case LONGS -> Arrays.fill(y.longs(), 0, y.size(), (long) number);
      case BOOLEANS -> Arrays.fill(y.booleans(), 0, y.size(), number != 0);
      case STRINGS -> Arrays.fill(y.strings(), 0, y.size(), "");
    }
  }
}
