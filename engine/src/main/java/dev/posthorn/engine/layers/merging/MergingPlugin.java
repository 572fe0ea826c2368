package dev.posthorn.engine.layers.merging;

import dev.posthorn.engine.arrays.Arithmetic;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;

/** keras.layers.merging: Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot. */
public final class MergingPlugin implements LayerPlugin {
  @Override
  public void register(LayerRegistry registry) {
    registry.layer("Add", spec -> new Add());
    registry.layer("Subtract", spec -> new Merge(Arithmetic.SUBTRACT, false));
    registry.layer("Average", spec -> new Merge(Arithmetic.ADD, true));
    registry.layer("Multiply", spec -> new Multiply());
    registry.layer("Maximum", spec -> new Extremum(Arithmetic.MAXIMUM));
    registry.layer("Minimum", spec -> new Extremum(Arithmetic.MINIMUM));
    registry.layer("Concatenate", Concatenate::layer);
    registry.layer("Dot", Dot::new);
  }
}
