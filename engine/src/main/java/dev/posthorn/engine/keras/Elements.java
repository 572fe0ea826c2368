package dev.posthorn.engine.keras;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.spi.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Stored bytes of a dense array to and from the Java array that holds its type. */
final class Elements {
  private Elements() {}

  /** Decodes the first {@code count} elements in the buffer's byte order; its position does not move. */
  static Object decode(ByteBuffer from, DType type, int count) {
    ByteBuffer bytes = from.slice().order(from.order());
    Object array = ArrayTensor.newArray(type, count);
    switch (type) {
      case BOOL -> fill((boolean[]) array, bytes);
      case INT8, UINT8, INT16, UINT16, INT32 -> fill((int[]) array, type, bytes);
      case INT64 -> bytes.asLongBuffer().get((long[]) array);
      case UINT32 -> {
        long[] longs = (long[]) array;
        for (int i = 0; i < count; i++) {
          longs[i] = Integer.toUnsignedLong(bytes.getInt(4 * i));
        }
      }
      case FLOAT16 -> {
        float[] floats = (float[]) array;
        for (int i = 0; i < count; i++) {
          floats[i] = Float.float16ToFloat(bytes.getShort(2 * i));
        }
      }
      case BFLOAT16 -> {
        float[] floats = (float[]) array;
        for (int i = 0; i < count; i++) {
          floats[i] = Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
        }
      }
      case FLOAT32 -> bytes.asFloatBuffer().get((float[]) array);
      case FLOAT64 -> bytes.asDoubleBuffer().get((double[]) array);
      case STRING -> throw new IllegalArgumentException("strings have no stored size");
    }
    return array;
  }

  private static void fill(boolean[] booleans, ByteBuffer bytes) {
    for (int i = 0; i < booleans.length; i++) {
      booleans[i] = bytes.get(i) != 0;
    }
  }

  private static void fill(int[] ints, DType type, ByteBuffer bytes) {
    for (int i = 0; i < ints.length; i++) {
      ints[i] =
          switch (type) {
            case INT8 -> bytes.get(i);
            case UINT8 -> Byte.toUnsignedInt(bytes.get(i));
            case INT16 -> bytes.getShort(2 * i);
            case UINT16 -> Short.toUnsignedInt(bytes.getShort(2 * i));
            default -> bytes.getInt(4 * i);
          };
    }
  }

  /** The tensor's elements in little-endian order; bfloat16 is written as float32. */
  static ByteBuffer encode(ArrayTensor tensor) {
    DType type = tensor.dtype();
    int width = type == DType.BFLOAT16 ? Float.BYTES : type.bytes();
    int count = tensor.size();
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(count, width)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (type) {
        case BOOL -> bytes.put((byte) (tensor.booleans()[i] ? 1 : 0));
        case INT8, UINT8 -> bytes.put((byte) tensor.ints()[i]);
        case INT16, UINT16 -> bytes.putShort((short) tensor.ints()[i]);
        case INT32 -> bytes.putInt(tensor.ints()[i]);
        case UINT32 -> bytes.putInt((int) tensor.longs()[i]);
        case INT64 -> bytes.putLong(tensor.longs()[i]);
        case FLOAT16 -> bytes.putShort(Float.floatToFloat16(tensor.floats()[i]));
        case BFLOAT16, FLOAT32 -> bytes.putFloat(tensor.floats()[i]);
        case FLOAT64 -> bytes.putDouble(tensor.doubles()[i]);
        case STRING -> throw new IllegalArgumentException("strings have no stored size");
      }
    }
    return bytes.flip();
  }
}
