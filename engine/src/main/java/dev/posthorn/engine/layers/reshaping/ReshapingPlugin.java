package dev.posthorn.engine.layers.reshaping;

import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;

/** keras.layers.reshaping: Flatten, Reshape, Permute, RepeatVector, padding, cropping, upsampling. */
public final class ReshapingPlugin implements LayerPlugin {
  private static final int MAX_SPATIAL_AXES = 3;

  @Override
  public void register(LayerRegistry registry) {
    registry.layer("Flatten", SpatialConfig::flatten);
    registry.layer("Reshape", Reshape::new);
    registry.layer("Permute", SpatialConfig::permute);
    registry.layer("RepeatVector", SpatialConfig::repeatVector);
    for (int n = 1; n <= MAX_SPATIAL_AXES; n++) {
      int axes = n;
      registry.layer("ZeroPadding" + n + "D", spec -> SpatialConfig.padding(spec, axes));
      registry.layer("Cropping" + n + "D", spec -> SpatialConfig.cropping(spec, axes));
      registry.layer("UpSampling" + n + "D", spec -> SpatialConfig.upSampling(spec, axes));
    }
  }
}
