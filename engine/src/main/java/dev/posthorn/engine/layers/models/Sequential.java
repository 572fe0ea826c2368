package dev.posthorn.engine.layers.models;

import dev.posthorn.spi.Calls;
import dev.posthorn.spi.Composite;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.Value;
import java.util.List;
import java.util.Map;

/** Layers one after the other: keras.Sequential. Its first entry may be an InputLayer. */
final class Sequential implements Composite {
  private final List<SubLayer> layers;
  private final List<NamedSpec> inputs;

  Sequential(LayerSpec spec) {
    Config config = spec.config();
    config.ignore("build_input_shape");
    layers = spec.subs("layers");
    List<Config> objects = config.configs("layers");
    boolean declared = !layers.isEmpty() && layers.get(0).className().equals("InputLayer");
    inputs =
        declared
            ? objects.get(0).config("config").stream()
                .map(c -> new NamedSpec(layers.get(0).name(), InputLayer.declared(c), c.flag("optional", false)))
                .toList()
            : List.of();
  }

  @Override
  public List<NamedSpec> inputs() {
    return inputs;
  }

  @Override
  public List<String> outputNames() {
    return layers.isEmpty() ? List.of() : List.of(layers.get(layers.size() - 1).name());
  }

  @Override
  public List<Value> call(Calls calls, List<Value> inputs) {
    calls.arguments().ignore("mask", "training");
    List<Value> values = inputs;
    for (SubLayer layer : layers) {
      Object argument = values.size() == 1 ? values.get(0) : values;
      values = calls.call(layer, List.of(argument), Map.of());
    }
    return values;
  }
}
