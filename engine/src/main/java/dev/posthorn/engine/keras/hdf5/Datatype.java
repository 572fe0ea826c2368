package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.spi.DType;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The type of the elements of a dataset or an attribute. Format: HDF5 specification, IV.A.2.d.
 *
 * @param kind what it is in general
 * @param size bytes of one element
 * @param dtype the type of ours that holds it, if there is one; empty for texts and for what we do not have
 * @param order of the bytes of a number
 * @param padding of a text: up to a zero, zeros or spaces at its end
 * @param name for messages
 */
record Datatype(Kind kind, int size, @Nullable DType dtype, ByteOrder order, Padding padding, String name) {

  enum Kind {
    NUMBER,
    OPAQUE,
    FIXED_TEXT,
    VARIABLE_TEXT,
    OTHER
  }

  enum Padding {
    TERMINATED,
    ZEROS,
    SPACES
  }

  private static final int FIXED_POINT = 0;
  private static final int FLOATING_POINT = 1;
  private static final int TEXT = 3;
  private static final int OPAQUE = 5;
  private static final int ENUMERATION = 8;
  private static final int VARIABLE = 9;
  private static final int MAX_MEMBERS = 1 << 10;
  private static final String[] NAMES = {
    "integer", "float", "time", "text", "bit field", "opaque", "compound", "reference", "enumeration",
    "variable length", "array", "complex"
  };

  static Datatype read(Cursor cursor) {
    int first = cursor.u8();
    int bits = cursor.u8() | cursor.u8() << 8 | cursor.u8() << 16;
    long size = cursor.u32();
    int type = first & 15;
    if (size == 0 || size > Integer.MAX_VALUE) {
      throw cursor.damaged("elements of " + size + " bytes");
    }
    int width = (int) size;
    return switch (type) {
      case FIXED_POINT -> number(integer(cursor, width, (bits & 8) != 0), width, bits, "integer");
      case FLOATING_POINT -> number((bits & 0x40) != 0 ? null : real(cursor, width), width, bits, "float");
      case TEXT -> text(Kind.FIXED_TEXT, width, bits & 15);
      case OPAQUE -> plain(Kind.OPAQUE, width, "opaque");
      case ENUMERATION -> enumeration(cursor, width, bits & 0xffff, first >> 4);
      case VARIABLE ->
          (bits & 15) == 1 ? text(Kind.VARIABLE_TEXT, width, bits >> 4 & 15) : plain(Kind.OTHER, width, "variable length");
      default -> plain(Kind.OTHER, width, type < NAMES.length ? NAMES[type] : "class " + type);
    };
  }

  private static Datatype number(@Nullable DType type, int size, int bits, String name) {
    ByteOrder order = (bits & 1) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    return new Datatype(type == null ? Kind.OTHER : Kind.NUMBER, size, type, order, Padding.ZEROS, name);
  }

  private static Datatype text(Kind kind, int size, int padding) {
    Padding known = padding == 0 ? Padding.TERMINATED : padding == 2 ? Padding.SPACES : Padding.ZEROS;
    return new Datatype(kind, size, null, ByteOrder.LITTLE_ENDIAN, known, "text");
  }

  private static Datatype plain(Kind kind, int size, String name) {
    return new Datatype(kind, size, null, ByteOrder.LITTLE_ENDIAN, Padding.ZEROS, name);
  }

  private static @Nullable DType integer(Cursor cursor, int size, boolean signed) {
    if (cursor.u16() != 0 || cursor.u16() != 8L * size) {
      return null;
    }
    return switch (size) {
      case 1 -> signed ? DType.INT8 : DType.UINT8;
      case 2 -> signed ? DType.INT16 : DType.UINT16;
      case 4 -> signed ? DType.INT32 : DType.UINT32;
      case 8 -> signed ? DType.INT64 : null;
      default -> null;
    };
  }

  private static @Nullable DType real(Cursor cursor, int size) {
    if (cursor.u16() != 0 || cursor.u16() != 8L * size) {
      return null;
    }
    cursor.skip(1);
    int exponent = cursor.u8();
    return switch (size) {
      case 2 -> exponent == 5 ? DType.FLOAT16 : exponent == 8 ? DType.BFLOAT16 : null;
      case 4 -> exponent == 8 ? DType.FLOAT32 : null;
      case 8 -> exponent == 11 ? DType.FLOAT64 : null;
      default -> null;
    };
  }

  /** Booleans are an enumeration of FALSE = 0 and TRUE = 1 over bytes, as h5py writes them. */
  private static Datatype enumeration(Cursor cursor, int size, int members, int version) {
    if (members > MAX_MEMBERS) {
      throw cursor.damaged("an enumeration of " + members + " names");
    }
    int base = cursor.u8() & 15;
    cursor.skip(3);
    boolean bytes = base == FIXED_POINT && cursor.u32() == 1 && size == 1 && members == 2;
    if (!bytes) {
      return plain(Kind.OTHER, size, "enumeration");
    }
    cursor.skip(4);
    String[] names = new String[members];
    for (int i = 0; i < members; i++) {
      int start = cursor.position();
      names[i] = cursor.terminated();
      if (version < 3) {
        int length = cursor.position() - start;
        cursor.skip((8 - length % 8) % 8);
      }
    }
    boolean named =
        names[0].equals("FALSE") && cursor.u8() == 0 && names[1].equals("TRUE") && cursor.u8() == 1;
    return named
        ? new Datatype(Kind.NUMBER, size, DType.BOOL, ByteOrder.LITTLE_ENDIAN, Padding.ZEROS, "enumeration")
        : plain(Kind.OTHER, size, "enumeration");
  }

  String describe() {
    return "type " + name + " of " + size + " bytes";
  }
}
