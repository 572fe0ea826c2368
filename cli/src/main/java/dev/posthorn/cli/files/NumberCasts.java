package dev.posthorn.cli.files;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Conversions;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.Map;

/** Numbers of any type to the type of an input; fractions are cut off, but nothing wraps around. */
final class NumberCasts {
  private NumberCasts() {}

  /**
   * The tensor in another type.
   *
   * @throws InferenceException INVALID_DTYPE between strings and numbers, and for a number outside an integer type
   */
  static ArrayTensor cast(ArrayTensor tensor, DType to, String input) {
    DType from = tensor.dtype();
    if ((from == DType.STRING) != (to == DType.STRING)) {
      throw new InferenceException(
          Reason.INVALID_DTYPE,
          Map.of("input", input, "expected", to.kerasName(), "actual", from.kerasName()),
          "input '" + input + "': expected " + to.kerasName() + ", got " + from.kerasName());
    }
    if (to.isInteger() && from != DType.BOOL) {
      checkRange(tensor, to, input);
    }
    ArrayTensor result = Conversions.cast(tensor, to);
    if (to == DType.FLOAT16 || to == DType.BFLOAT16) {
      round(result, to);
    }
    return result;
  }

  private static void checkRange(ArrayTensor tensor, DType to, String input) {
    for (int i = 0; i < tensor.size(); i++) {
      boolean fits =
          switch (tensor.array()) {
            case float[] floats -> fits(floats[i], to);
            case double[] doubles -> fits(doubles[i], to);
            case int[] ints -> ints[i] >= Conversions.minimum(to) && ints[i] <= Conversions.maximum(to);
            case long[] longs -> longs[i] >= Conversions.minimum(to) && longs[i] <= Conversions.maximum(to);
            default -> true;
          };
      if (!fits) {
        throw new InferenceException(
            Reason.INVALID_DTYPE,
            Map.of("input", input, "expected", to.kerasName(), "actual", tensor.dtype().kerasName()),
            "input '" + input + "': " + tensor.dtype().kerasName() + " value "
                + java.lang.reflect.Array.get(tensor.array(), i) + " at element " + i + " does not fit "
                + to.kerasName());
      }
    }
  }

  private static boolean fits(double value, DType to) {
    return value > Conversions.minimum(to) - 1.0 && value < Conversions.maximum(to) + 1.0;
  }

  private static void round(ArrayTensor tensor, DType to) {
    float[] values = tensor.floats();
    for (int i = 0; i < tensor.size(); i++) {
      values[i] = to == DType.FLOAT16 ? Float.float16ToFloat(Float.floatToFloat16(values[i])) : bfloat16(values[i]);
    }
  }

  /** To nearest, ties to even. */
  private static float bfloat16(float value) {
    if (Float.isNaN(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF_0000);
  }
}
