package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.spi.InferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads one structure of a file front to back; never beyond its end. For one thread. */
final class Cursor {
  /** An address that leads nowhere. */
  static final long UNDEFINED = -1;

  private final Image image;
  private final ByteBuffer bytes;
  private final long address;
  private final String structure;
  private final String path;

  Cursor(Image image, ByteBuffer bytes, long address, String structure, String path) {
    this.image = image;
    this.bytes = bytes;
    this.address = address;
    this.structure = structure;
    this.path = path;
  }

  Image image() {
    return image;
  }

  String path() {
    return path;
  }

  int remaining() {
    return bytes.remaining();
  }

  int position() {
    return bytes.position();
  }

  /** Where the next byte stands in the file. */
  long address() {
    return address + bytes.position();
  }

  int u8() {
    need(1);
    return Byte.toUnsignedInt(bytes.get());
  }

  int u16() {
    need(2);
    return Short.toUnsignedInt(bytes.getShort());
  }

  long u32() {
    need(4);
    return Integer.toUnsignedLong(bytes.getInt());
  }

  /** A whole number of that many bytes, at most 8; negative where 64 bits are needed. */
  long unsigned(int width) {
    need(width);
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= Byte.toUnsignedLong(bytes.get()) << 8 * i;
    }
    return value;
  }

  /** An address in the file, or {@link #UNDEFINED}. */
  long offset() {
    int width = image.offsetWidth();
    long value = unsigned(width);
    return width < Long.BYTES && value == (1L << 8 * width) - 1 ? UNDEFINED : value;
  }

  /** A length; one over 63 bits is damage. */
  long length() {
    long value = unsigned(image.lengthWidth());
    if (value < 0) {
      throw damaged("a length of " + Long.toUnsignedString(value));
    }
    return value;
  }

  Cursor skip(int count) {
    need(count);
    bytes.position(bytes.position() + count);
    return this;
  }

  /** Moves on to the next multiple of eight bytes from the structure's beginning, or to its end. */
  void align() {
    bytes.position(Math.min(bytes.limit(), (bytes.position() + 7) & ~7));
  }

  /** The next bytes as a structure of their own. */
  Cursor take(long length, String name) {
    if (length < 0 || length > bytes.remaining()) {
      throw damaged(name + " of " + Long.toUnsignedString(length) + " bytes, " + bytes.remaining() + " are left");
    }
    Cursor part =
        new Cursor(
            image,
            bytes.slice(bytes.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN),
            address(),
            name,
            path);
    bytes.position(bytes.position() + (int) length);
    return part;
  }

  byte[] bytes(int count) {
    need(count);
    byte[] copy = new byte[count];
    bytes.get(copy);
    return copy;
  }

  /** UTF-8 up to a zero byte, which must be there and is passed. */
  String terminated() {
    int start = bytes.position();
    int end = start;
    while (end < bytes.limit() && bytes.get(end) != 0) {
      end++;
    }
    if (end == bytes.limit()) {
      throw damaged("a name without an end");
    }
    String text = new String(bytes(end - start), StandardCharsets.UTF_8);
    bytes.get();
    return text;
  }

  /** The bytes not read yet, little-endian; a view. */
  ByteBuffer rest() {
    return bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  Cursor signature(String expected) {
    String actual = new String(bytes(4), StandardCharsets.ISO_8859_1);
    if (!actual.equals(expected)) {
      throw damaged("the signature " + expected + " is missing");
    }
    return this;
  }

  int version(int lowest, int highest) {
    int version = u8();
    if (version < lowest || version > highest) {
      throw image.unsupported(path, structure + " of HDF5 in version " + version + " is not supported; expected "
          + lowest + (highest == lowest ? "" : " to " + highest));
    }
    return version;
  }

  /** Reads the checksum of all bytes of the structure so far, and compares. */
  void checksum() {
    int length = bytes.position();
    int actual = Checksums.lookup3(bytes, length);
    if ((int) u32() != actual) {
      throw damaged("its checksum does not match its content");
    }
  }

  private void need(int count) {
    if (count < 0 || count > bytes.remaining()) {
      throw damaged("it ends after " + bytes.limit() + " bytes");
    }
  }

  InferenceException damaged(String problem) {
    return image.damaged(path, structure + " at " + address + ": " + problem);
  }
}
