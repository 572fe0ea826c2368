package dev.posthorn.spi;

import java.util.Locale;

/** The type of a tensor's elements, and the Java array that holds them. */
public enum DType {
  BOOL(Storage.BOOLEANS, 1),
  INT8(Storage.INTS, 1),
  INT16(Storage.INTS, 2),
  INT32(Storage.INTS, 4),
  INT64(Storage.LONGS, 8),
  UINT8(Storage.INTS, 1),
  UINT16(Storage.INTS, 2),
  UINT32(Storage.LONGS, 4),
  FLOAT16(Storage.FLOATS, 2),
  BFLOAT16(Storage.FLOATS, 2),
  FLOAT32(Storage.FLOATS, 4),
  FLOAT64(Storage.DOUBLES, 8),
  STRING(Storage.STRINGS, 8);

  /** Which array of {@link Tensor} holds the elements. */
  public enum Storage {
    BOOLEANS,
    INTS,
    LONGS,
    FLOATS,
    DOUBLES,
    STRINGS
  }

  private final Storage storage;
  private final int bytes;

  DType(Storage storage, int bytes) {
    this.storage = storage;
    this.bytes = bytes;
  }

  public Storage storage() {
    return storage;
  }

  /** Bytes of one element in a file or on the wire; 8, the size of a reference, for strings. */
  public int bytes() {
    return bytes;
  }

  public boolean isFloating() {
    return storage == Storage.FLOATS || storage == Storage.DOUBLES;
  }

  public boolean isInteger() {
    return storage == Storage.INTS || storage == Storage.LONGS;
  }

  /** Keras' name of the type: {@code float32}, {@code bool}, ... */
  public String kerasName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The type of that Keras name.
   *
   * @throws InferenceException UNSUPPORTED if there is none
   */
  public static DType of(String kerasName) {
    for (DType type : values()) {
      if (type.kerasName().equals(kerasName)) {
        return type;
      }
    }
    throw new InferenceException(Reason.UNSUPPORTED, "data type '" + kerasName + "' is not supported");
  }
}
