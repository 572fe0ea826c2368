package dev.posthorn.examples.layers;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Calls;
import dev.posthorn.spi.Composite;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.Value;
import java.util.List;
import java.util.Map;

/** y = activation(value_dense(x)) sigmoid(gate_dense(x)): a layer made of layers, by the attribute names in Python. */
final class GatedUnit implements Composite {
  private final SubLayer value;
  private final SubLayer gate;
  private final Activation activation;
  private final Activation sigmoid;

  GatedUnit(LayerSpec spec) {
    Map<String, Integer> dense = Map.of("units", spec.config().integer("units"));
    value = spec.sub("value_dense", "Dense", dense);
    gate = spec.sub("gate_dense", "Dense", dense);
    activation = spec.activation("activation");
    sigmoid = spec.activationNamed("sigmoid");
  }

  @Override
  public List<Value> call(Calls calls, List<Value> inputs) {
    Value x = inputs.get(0);
    Value activated = calls.activation(activation, calls.call(value, x).get(0));
    Value opened = calls.activation(sigmoid, calls.call(gate, x).get(0));
    return List.of(calls.operation("keras.src.ops.numpy", "Multiply", activated, opened));
  }
}
