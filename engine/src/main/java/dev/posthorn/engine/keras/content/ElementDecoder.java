package dev.posthorn.engine.keras.content;

import dev.posthorn.engine.FloatSink;
import dev.posthorn.spi.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Takes the elements of an array as they come, straight into the Java array that holds their type.
 *
 * @param type of the elements
 * @param order of the bytes of an element
 * @param array of the kind that holds the type
 */
public record ElementDecoder(DType type, ByteOrder order, Object array) {
  /** Below this many elements a loop is cheaper than a view. */
  private static final int SHORT_RUN = 16;

  /** Decodes a long run of elements from the content's beginning, to the array's. */
  public void decode(Content content) {
    int width = type.bytes();
    int[] to = {0};
    content.each(0, content.size(), piece -> {
      int count = piece.remaining() / width;
      decode(piece, 0, to[0], count);
      to[0] += count;
    });
  }

  /**
   * Decodes a long run of elements of a type that is kept as float32, and passes them on in their order. The array, of
   * which every piece is a beginning, is reused.
   */
  public static void stream(Content content, DType type, ByteOrder order, FloatSink sink) {
    int width = type.bytes();
    float[] floats = new float[Math.min(Content.PIECE, content.size()) / width];
    ElementDecoder decoder = new ElementDecoder(type, order, floats);
    content.each(0, content.size(), piece -> {
      int count = piece.remaining() / width;
      decoder.decode(piece, 0, 0, count);
      sink.take(floats, count);
    });
  }

  /** Decodes {@code count} elements at {@code from}, in bytes, to {@code to}, in elements. */
  public void decode(ByteBuffer bytes, int from, int to, int count) {
    ByteBuffer source = bytes.order() == order ? bytes : bytes.duplicate().order(order);
    switch (type) {
      case FLOAT32 -> floats(source, from, (float[]) array, to, count);
      case FLOAT64 -> {
        for (int i = 0; i < count; i++) {
          ((double[]) array)[to + i] = source.getDouble(from + 8 * i);
        }
      }
      case FLOAT16 -> {
        for (int i = 0; i < count; i++) {
          ((float[]) array)[to + i] = Float.float16ToFloat(source.getShort(from + 2 * i));
        }
      }
      case BFLOAT16 -> {
        for (int i = 0; i < count; i++) {
          ((float[]) array)[to + i] = Float.intBitsToFloat(source.getShort(from + 2 * i) << 16);
        }
      }
      case BOOL -> {
        for (int i = 0; i < count; i++) {
          ((boolean[]) array)[to + i] = source.get(from + i) != 0;
        }
      }
      case INT8, UINT8, INT16, UINT16, INT32 -> ints(source, from, (int[]) array, to, count);
      case INT64, UINT32 -> longs(source, from, (long[]) array, to, count);
      case STRING -> throw new IllegalArgumentException("texts have no stored size");
    }
  }

  private static void floats(ByteBuffer source, int from, float[] floats, int to, int count) {
    if (count >= SHORT_RUN) {
      source.slice(from, 4 * count).order(source.order()).asFloatBuffer().get(floats, to, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      floats[to + i] = source.getFloat(from + 4 * i);
    }
  }

  private void ints(ByteBuffer source, int from, int[] ints, int to, int count) {
    for (int i = 0; i < count; i++) {
      ints[to + i] =
          switch (type) {
            case INT8 -> source.get(from + i);
            case UINT8 -> Byte.toUnsignedInt(source.get(from + i));
            case INT16 -> source.getShort(from + 2 * i);
            case UINT16 -> Short.toUnsignedInt(source.getShort(from + 2 * i));
            default -> source.getInt(from + 4 * i);
          };
    }
  }

  private void longs(ByteBuffer source, int from, long[] longs, int to, int count) {
    for (int i = 0; i < count; i++) {
      longs[to + i] =
          type == DType.INT64 ? source.getLong(from + 8 * i) : Integer.toUnsignedLong(source.getInt(from + 4 * i));
    }
  }
}
