package dev.posthorn.engine.layers.core;

import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;
import java.util.List;

/** Dense, Masking, and the layers that are the identity at inference. */
public final class CorePlugin implements LayerPlugin {
  private static final List<String> IDENTITIES =
      List.of(
          "Identity",
          "Dropout",
          "SpatialDropout1D",
          "SpatialDropout2D",
          "SpatialDropout3D",
          "GaussianNoise",
          "GaussianDropout",
          "AlphaDropout",
          "ActivityRegularization",
          "RandomBrightness",
          "RandomContrast",
          "RandomFlip",
          "RandomHeight",
          "RandomRotation",
          "RandomTranslation",
          "RandomWidth",
          "RandomZoom");

  @Override
  public void register(LayerRegistry registry) {
    registry.layer("Dense", Dense::new);
    registry.layer("Masking", Masker::new);
    for (String name : IDENTITIES) {
      registry.layer(name, Unchanged::of);
    }
  }
}
