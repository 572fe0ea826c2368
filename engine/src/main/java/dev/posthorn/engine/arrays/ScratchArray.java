package dev.posthorn.engine.arrays;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.TensorSpec;

/** Scratch memory of a call as a plain array of the kind that a type wants. Only strings cost an allocation. */
public final class ScratchArray {
  private ScratchArray() {}

  public static Object of(Call call, int slot, DType type, int length) {
    return switch (type.storage()) {
      case FLOATS -> call.floats(slot, length);
      case DOUBLES -> call.doubles(slot, length);
      case INTS -> call.ints(slot, length);
      case LONGS -> call.longs(slot, length);
      case BOOLEANS -> call.booleans(slot, length);
      case STRINGS -> RawArray.of(call.scratch(slot, TensorSpec.of(type, length)));
    };
  }
}
