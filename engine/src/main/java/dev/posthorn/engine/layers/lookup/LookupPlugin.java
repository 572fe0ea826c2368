package dev.posthorn.engine.layers.lookup;

import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;

/** Registers the lookup layers. */
public final class LookupPlugin implements LayerPlugin {
  @Override
  public void register(LayerRegistry registry) {
    registry.layer("StringLookup", spec -> Lookups.create(spec, "string"));
    registry.layer("IntegerLookup", spec -> Lookups.create(spec, "int64"));
  }
}
