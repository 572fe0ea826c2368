package dev.posthorn.engine.layers.embedding;

import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;

/** Registers Embedding. */
public final class EmbeddingPlugin implements LayerPlugin {
  @Override
  public void register(LayerRegistry registry) {
    registry.layer("Embedding", Embedding::new);
  }
}
