package dev.posthorn.engine.layers.merging;

import dev.posthorn.engine.arrays.Arithmetic;
import dev.posthorn.spi.Call;

/** keras.layers.Multiply: masked elements count as 1, and are 0 where the mask of the output is false. */
final class Multiply extends Merge {
  private static final int FACTOR = 3;

  Multiply() {
    super(Arithmetic.MULTIPLY, false);
  }

  @Override
  Object masked(Call call, int input, Object operand, int n, Object before) {
    if (call.mask(input) == null) {
      return operand;
    }
    Object factor = Scratch.like(call, FACTOR, before);
    System.arraycopy(operand, 0, factor, 0, n);
    for (int i = 0; i < n; i++) {
      if (!Masks.at(call, input, i, n)) {
        Masks.set(factor, i, 1);
      }
    }
    return factor;
  }

  @Override
  void finish(Call call, Object result, int n) {
    if (allMasked(call.spec())) {
      for (int i = 0; i < n; i++) {
        if (!Masks.any(call, call.inputCount(), i, n)) {
          Masks.set(result, i, 0);
        }
      }
    }
  }
}
