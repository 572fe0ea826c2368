package dev.posthorn.engine.layers.normalization;

import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;

/** The normalising layers of Keras, and Rescaling. */
public final class NormalizationPlugin implements LayerPlugin {
  @Override
  public void register(LayerRegistry registry) {
    registry.layer("BatchNormalization", ScaleLayers::batchNormalization);
    registry.layer("Rescaling", ScaleLayers::rescaling);
    registry.layer("Normalization", Normalization::new);
    registry.layer("LayerNormalization", LayerNormalization::layer);
    registry.layer("RMSNormalization", LayerNormalization::rootMeanSquare);
    registry.layer("UnitNormalization", UnitNormalization::new);
  }
}
