package dev.posthorn.examples.layers;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Calls;
import dev.posthorn.spi.Composite;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.Value;
import java.util.List;
import java.util.Map;

/**
 * y = out(relu(left(x)) + tanh(right(x))): a subclassed model. The file knows its layers by class and number only (dense,
 * dense_1, dense_2), so they are declared in the order in which Python makes them.
 */
final class TwoTower implements Composite {
  private final SubLayer left;
  private final SubLayer right;
  private final SubLayer out;
  private final Activation relu;
  private final Activation tanh;

  TwoTower(LayerSpec spec) {
    Map<String, Integer> dense = Map.of("units", spec.config().integer("units"));
    left = spec.sub("left", "Dense", dense);
    right = spec.sub("right", "Dense", dense);
    out = spec.sub("out", "Dense", Map.of("units", 2));
    relu = spec.activationNamed("relu");
    tanh = spec.activationNamed("tanh");
  }

  @Override
  public List<Value> call(Calls calls, List<Value> inputs) {
    Value x = inputs.get(0);
    Value a = calls.activation(relu, calls.call(left, x).get(0));
    Value b = calls.activation(tanh, calls.call(right, x).get(0));
    return calls.call(out, calls.operation("keras.src.ops.numpy", "Add", a, b));
  }
}
