package dev.posthorn.engine.layers;

import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Layer;

/** A layer that computes each row by itself, in float32 or float64: nearly all of Keras. */
public interface RowLayer extends Layer {
  @Override
  default boolean rowsIndependent(CallSpec call) {
    return true;
  }

  @Override
  default boolean supports(DType dtype) {
    return dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
  }

  /** Integers meet float weights or constants, which makes them floats in Keras too. */
  @Override
  default boolean castsInputs() {
    return true;
  }
}
