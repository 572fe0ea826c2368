package dev.posthorn.engine.layers.pooling;

import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;

/** keras.layers.pooling: maxima and means over windows and over everything. */
public final class PoolingPlugin implements LayerPlugin {
  private static final int MAX_SPATIAL_AXES = 3;

  @Override
  public void register(LayerRegistry registry) {
    for (int n = 1; n <= MAX_SPATIAL_AXES; n++) {
      int axes = n;
      registry.layer("MaxPooling" + n + "D", spec -> Pool.max(spec, axes));
      registry.layer("AveragePooling" + n + "D", spec -> Pool.average(spec, axes));
      registry.layer("GlobalMaxPooling" + n + "D", spec -> GlobalPool.max(spec, axes));
      registry.layer("GlobalAveragePooling" + n + "D", spec -> GlobalPool.average(spec, axes));
    }
  }
}
