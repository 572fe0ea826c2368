package dev.posthorn.server.grpc;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Conversions;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Takes the elements of a sent tensor, whose number and field are right already, into a tensor of the engine. */
final class TensorElements {
  private TensorElements() {}

  static int count(SentTensor tensor, SentTensor.Field field) {
    return switch (field) {
      case RAW -> throw new IllegalArgumentException("raw elements have no number without a type");
      case FLOAT_VALUES -> tensor.floatCount;
      case DOUBLE_VALUES -> tensor.doubleCount;
      case INT_VALUES -> Objects.requireNonNull(tensor.ints).size();
      case BOOL_VALUES -> Objects.requireNonNull(tensor.booleans).size();
      case STRING_VALUES -> Objects.requireNonNull(tensor.strings).size();
    };
  }

  /**
   * The tensor.
   *
   * @throws dev.posthorn.spi.InferenceException MALFORMED_TENSOR for a value out of the type's range
   */
  static ArrayTensor tensor(
      SentTensor tensor, SentTensor.@Nullable Field field, DType type, Shape shape, String what) {
    Object array =
        field == null
            ? ArrayTensor.newArray(type, 0)
            : switch (field) {
              case RAW -> raw(tensor, type, what);
              case FLOAT_VALUES -> Objects.requireNonNull(tensor.floats);
              case DOUBLE_VALUES -> Objects.requireNonNull(tensor.doubles);
              case INT_VALUES -> integers(Objects.requireNonNull(tensor.ints), type, what);
              case BOOL_VALUES -> booleans(Objects.requireNonNull(tensor.booleans));
              case STRING_VALUES -> Objects.requireNonNull(tensor.strings).toArray(String[]::new);
            };
    return ArrayTensor.over(type, shape, array);
  }

  private static Object integers(Longs values, DType type, String what) {
    long min = Conversions.minimum(type);
    long max = Conversions.maximum(type);
    Object array = ArrayTensor.newArray(type, values.size());
    for (int i = 0; i < values.size(); i++) {
      long value = values.get(i);
      if (value < min || value > max) {
        throw TensorRules.malformed(
            what, type.kerasName() + " from " + min + " to " + max, value + " at element " + i);
      }
      if (array instanceof long[] longs) {
        longs[i] = value;
      } else if (array instanceof int[] ints) {
        ints[i] = (int) value;
      }
    }
    return array;
  }

  private static boolean[] booleans(Longs values) {
    boolean[] booleans = new boolean[values.size()];
    for (int i = 0; i < booleans.length; i++) {
      booleans[i] = values.get(i) != 0;
    }
    return booleans;
  }

  private static Object raw(SentTensor tensor, DType type, String what) {
    if (type == DType.FLOAT32 && tensor.floats != null) {
      return tensor.floats;
    }
    byte[] bytes = TensorReader.rawBytes(tensor);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int count = bytes.length / type.bytes();
    Object array = ArrayTensor.newArray(type, count);
    switch (array) {
      case float[] floats -> floats(in, type, floats);
      case double[] doubles -> in.asDoubleBuffer().get(doubles);
      case int[] ints -> ints(in, type, ints);
      case long[] longs -> {
        for (int i = 0; i < count; i++) {
          longs[i] = type == DType.UINT32 ? in.getInt() & 0xFFFF_FFFFL : in.getLong();
        }
      }
      case boolean[] booleans -> {
        for (int i = 0; i < count; i++) {
          if ((bytes[i] & ~1) != 0) {
            throw TensorRules.malformed(what, "bytes of 0 or 1 for bool", (bytes[i] & 0xFF) + " at element " + i);
          }
          booleans[i] = bytes[i] == 1;
        }
      }
      default -> throw new IllegalStateException(type + " is never raw");
    }
    return array;
  }

  private static void floats(ByteBuffer in, DType type, float[] floats) {
    if (type == DType.FLOAT32) {
      in.asFloatBuffer().get(floats);
      return;
    }
    for (int i = 0; i < floats.length; i++) {
      short bits = in.getShort();
      floats[i] = type == DType.FLOAT16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
    }
  }

  private static void ints(ByteBuffer in, DType type, int[] ints) {
    for (int i = 0; i < ints.length; i++) {
      ints[i] =
          switch (type) {
            case INT8 -> in.get();
            case UINT8 -> in.get() & 0xFF;
            case INT16 -> in.getShort();
            case UINT16 -> in.getShort() & 0xFFFF;
            default -> in.getInt();
          };
    }
  }

  /** Whether an answer to these must come raw. */
  static boolean anyRaw(List<SentTensor> tensors) {
    for (SentTensor tensor : tensors) {
      if (tensor.cameRaw()) {
        return true;
      }
    }
    return false;
  }
}
