package dev.posthorn.spi;

import org.jspecify.annotations.Nullable;

/**
 * An argument of a call: a tensor, as its index among the inputs, or a constant.
 *
 * @param input the index among {@link CallSpec#inputs()}; -1: a constant, or absent
 * @param value the constant (String, Long, Double, Boolean, Map, or a List, in which tensors stand as Arguments); null
 *     also where the argument is absent or None
 */
public record Argument(int input, @Nullable Object value) {
  /** An argument that was not given. */
  public static final Argument ABSENT = new Argument(-1, null);

  public boolean isTensor() {
    return input >= 0;
  }

  public boolean isNone() {
    return input < 0 && value == null;
  }
}
