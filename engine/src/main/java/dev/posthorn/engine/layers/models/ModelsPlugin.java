package dev.posthorn.engine.layers.models;

import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;

/** Registers the models that Keras files describe. */
public final class ModelsPlugin implements LayerPlugin {
  @Override
  public void register(LayerRegistry registry) {
    registry.composite("Functional", Functional::new);
    registry.composite("Model", Functional::new);
    registry.composite("Sequential", Sequential::new);
    registry.layer("InputLayer", InputLayer::new);
  }
}
