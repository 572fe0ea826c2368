package dev.posthorn.engine.ops;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.Layer;

/** A node of keras.ops: takes any type and decides by it. */
interface Operation extends Layer {
  @Override
  default boolean supports(DType dtype) {
    return true;
  }
}
