package dev.posthorn.engine.layers.merging;

import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.DType;

/** Scratch arrays of the size of the output. */
final class Scratch {
  private Scratch() {}

  /** An array of the same kind as {@code array}: float[], double[] or long[]. */
  static Object like(Call call, int slot, Object array) {
    DType type = array instanceof float[] ? DType.FLOAT32 : array instanceof double[] ? DType.FLOAT64 : DType.INT64;
    return ScratchArray.of(call, slot, type, call.output(0).size());
  }
}
