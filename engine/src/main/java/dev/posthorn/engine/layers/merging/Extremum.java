package dev.posthorn.engine.layers.merging;

import dev.posthorn.engine.arrays.Arithmetic;
import dev.posthorn.spi.Call;

/** keras.layers.Maximum and Minimum: a masked element leaves the choice to the other inputs. */
final class Extremum extends Merge {
  private static final int CHOICE = 4;

  Extremum(Arithmetic function) {
    super(function, false);
  }

  @Override
  Object masked(Call call, int input, Object operand, int n, Object before) {
    if (input == 0 || !Masks.exist(call, input + 1)) {
      return operand;
    }
    Object choice = Scratch.like(call, CHOICE, before);
    System.arraycopy(operand, 0, choice, 0, n);
    boolean earlierMasked = true;
    for (int i = 0; i < input; i++) {
      earlierMasked &= call.mask(i) != null;
    }
    for (int i = 0; i < n; i++) {
      if (!Masks.at(call, input, i, n)) {
        Masks.copy(before, choice, i);
      }
      if (earlierMasked && !Masks.any(call, input, i, n)) {
        Masks.copy(choice, before, i);
      }
    }
    return choice;
  }
}
