package dev.posthorn.engine;

import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.Map;

/** Changes of element type: those without loss that requests may rely on, and those that files need. */
public final class Conversions {
  private static final long FLOAT_EXACT = 1L << 24;

  private Conversions() {}

  /**
   * The tensor in the declared type if that loses nothing; the same tensor if it has the type already.
   *
   * @throws InferenceException INVALID_DTYPE naming both types
   */
  public static ArrayTensor convert(ArrayTensor tensor, DType expected, String input) {
    DType actual = tensor.dtype();
    if (actual == expected) {
      return tensor;
    }
    if (!isAllowed(actual, expected)) {
      throw new InferenceException(
          Reason.INVALID_DTYPE,
          Map.of("input", input, "expected", expected.kerasName(), "actual", actual.kerasName()),
          "input '" + input + "': expected " + expected.kerasName() + ", got " + actual.kerasName());
    }
    if (actual.isInteger()) {
      checkRange(tensor, expected, input);
    }
    return cast(tensor, expected);
  }

  private static boolean isAllowed(DType from, DType to) {
    if (to == DType.FLOAT64) {
      return from.isFloating() || from.isInteger() && from != DType.INT64;
    }
    if (to == DType.FLOAT32) {
      return from.isInteger() || from == DType.FLOAT16 || from == DType.BFLOAT16;
    }
    return from.isInteger() && to.isInteger();
  }

  private static void checkRange(ArrayTensor tensor, DType to, String input) {
    long min = minimum(to);
    long max = maximum(to);
    for (int i = 0; i < tensor.size(); i++) {
      long value = tensor.array() instanceof long[] longs ? longs[i] : tensor.ints()[i];
      if (value < min || value > max) {
        throw new InferenceException(
            Reason.INVALID_DTYPE,
            Map.of("input", input, "expected", to.kerasName(), "actual", tensor.dtype().kerasName()),
            "input '" + input + "': " + tensor.dtype().kerasName() + " value " + value + " at element " + i
                + " does not fit " + to.kerasName() + " without loss");
      }
    }
  }

  /** The smallest value that the type holds exactly, as far as integers go. */
  public static long minimum(DType type) {
    return switch (type) {
      case INT8 -> Byte.MIN_VALUE;
      case INT16 -> Short.MIN_VALUE;
      case INT32 -> Integer.MIN_VALUE;
      case INT64, FLOAT64 -> Long.MIN_VALUE;
      case FLOAT16, BFLOAT16, FLOAT32 -> -FLOAT_EXACT;
      case BOOL, UINT8, UINT16, UINT32, STRING -> 0;
    };
  }

  /** The largest value that the type holds exactly, as far as integers go. */
  public static long maximum(DType type) {
    return switch (type) {
      case BOOL -> 1;
      case INT8 -> Byte.MAX_VALUE;
      case INT16 -> Short.MAX_VALUE;
      case INT32 -> Integer.MAX_VALUE;
      case INT64, FLOAT64 -> Long.MAX_VALUE;
      case UINT8 -> 0xFF;
      case UINT16 -> 0xFFFF;
      case UINT32 -> 0xFFFF_FFFFL;
      case FLOAT16, BFLOAT16, FLOAT32 -> FLOAT_EXACT;
      case STRING -> 0;
    };
  }

  /**
   * The tensor cast as Keras casts: floats to integers truncate, integers wrap, anything but zero is true; a new tensor.
   *
   * @throws InferenceException INVALID_DTYPE between strings and numbers
   */
  public static ArrayTensor cast(ArrayTensor tensor, DType to) {
    if ((tensor.dtype() == DType.STRING) != (to == DType.STRING)) {
      throw new InferenceException(
          Reason.INVALID_DTYPE, "cannot cast " + tensor.dtype().kerasName() + " to " + to.kerasName());
    }
    ArrayTensor result = ArrayTensor.allocate(tensor.spec().withDType(to));
    Casting.run(tensor.array(), tensor.size(), result.array(), to);
    return result;
  }
}
