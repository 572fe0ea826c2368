package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.spi.InferenceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads one structure of a file front to back; never beyond its end. For one thread. */
final class Cursor {
  /** An address that leads nowhere. */
  static final long UNDEFINED = -1;

  private final Image image;
  private final Content content;
  private final long address;
  private final String structure;
  private final String path;

  /** The content from its first byte on, as far as it was looked at. */
  private ByteBuffer bytes;

  private int position;

  Cursor(Image image, Content content, long address, String structure, String path) {
    this.image = image;
    this.content = content;
    this.address = address;
    this.structure = structure;
    this.path = path;
    this.bytes = content.view(0, content.window(0));
  }

  Image image() {
    return image;
  }

  String path() {
    return path;
  }

  int remaining() {
    return content.size() - position;
  }

  int position() {
    return position;
  }

  /** Where the next byte stands in the file. */
  long address() {
    return address + position;
  }

  int u8() {
    int from = next(1);
    return Byte.toUnsignedInt(bytes.get(from));
  }

  int u16() {
    int from = next(2);
    return Short.toUnsignedInt(bytes.getShort(from));
  }

  long u32() {
    int from = next(4);
    return Integer.toUnsignedLong(bytes.getInt(from));
  }

  /** A whole number of that many bytes, at most 8; negative where 64 bits are needed. */
  long unsigned(int width) {
    int from = next(width);
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= Byte.toUnsignedLong(bytes.get(from + i)) << 8 * i;
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
    check(count);
    position += count;
    return this;
  }

  /** Moves on to the next multiple of eight bytes from the structure's beginning, or to its end. */
  void align() {
    skip(Math.min(remaining(), -position & 7));
  }

  /** The next bytes as a structure of their own. */
  Cursor take(long length, String name) {
    if (length < 0 || length > remaining()) {
      throw damaged(name + " of " + Long.toUnsignedString(length) + " bytes, " + remaining() + " are left");
    }
    Cursor part = new Cursor(image, content.part(position, (int) length), address(), name, path);
    skip((int) length);
    return part;
  }

  /** The same bytes from the structure's beginning, read independently of this. */
  Cursor fork() {
    return new Cursor(image, content, address, structure, path);
  }

  byte[] bytes(int count) {
    check(count);
    byte[] copy = new byte[count];
    int from = next(count);
    bytes.get(from, copy);
    return copy;
  }

  /** UTF-8 up to a zero byte, which must be there and is passed. */
  String terminated() {
    int length = 0;
    while (length < remaining() && peek(length) != 0) {
      length++;
    }
    if (length == remaining()) {
      throw damaged("a name without an end");
    }
    String text = new String(bytes(length), StandardCharsets.UTF_8);
    skip(1);
    return text;
  }

  private byte peek(int ahead) {
    fetch(ahead + 1);
    return bytes.get(position + ahead);
  }

  /** The bytes not read yet, little-endian; a view of what is in memory, else a copy. */
  ByteBuffer rest() {
    return content.view(position, remaining());
  }

  /** The bytes not read yet, for reading piece by piece. */
  Content content() {
    return content.part(position, remaining());
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
    int length = position;
    fetch(0);
    int actual = Checksums.lookup3(bytes, length);
    if ((int) u32() != actual) {
      throw damaged("its checksum does not match its content");
    }
  }

  private void check(int count) {
    if (count < 0 || count > remaining()) {
      throw damaged("it ends after " + content.size() + " bytes");
    }
  }

  /** Where the next bytes are in the buffer; they are passed. */
  private int next(int count) {
    check(count);
    fetch(count);
    int from = position;
    position += count;
    return from;
  }

  private void fetch(int count) {
    if (position + (long) count > bytes.limit()) {
      bytes = content.view(0, (int) Math.min(content.size(), Math.max(position + (long) count, 2L * bytes.limit())));
    }
  }

  InferenceException damaged(String problem) {
    return image.damaged(path, structure + " at " + address + ": " + problem);
  }
}
