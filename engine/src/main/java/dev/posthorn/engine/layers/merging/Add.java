package dev.posthorn.engine.layers.merging;

import dev.posthorn.engine.arrays.Arithmetic;
import dev.posthorn.spi.Addition;

/** keras.layers.Add. */
final class Add extends Merge implements Addition {
  Add() {
    super(Arithmetic.ADD, false);
  }
}
