package dev.posthorn.engine.keras.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A filter that packed a chunk: gzip, shuffle, fletcher32 or lzf, undone with bounded output. Format: HDF5 specification,
 * IV.A.2.l; LibLZF.
 *
 * @param id its number in HDF5's registry
 * @param name as the file gives it, for messages
 * @param values its parameters
 */
record Filter(int id, String name, int[] values) {
  private static final int DEFLATE = 1;
  private static final int SHUFFLE = 2;
  private static final int FLETCHER32 = 3;
  private static final int LZF = 32000;
  private static final int NAMED_FROM = 256;
  private static final int MOST = 32;

  /** Bytes of a checksum: a chunk may be that much longer between two filters. */
  static final int SPARE = Integer.BYTES;

  static List<Filter> readAll(Cursor message) {
    int version = message.version(1, 2);
    int count = message.u8();
    if (count > MOST) {
      throw message.damaged(count + " filters; expected at most " + MOST);
    }
    message.skip(version == 1 ? 6 : 0);
    List<Filter> filters = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int id = message.u16();
      int nameLength = version == 1 || id >= NAMED_FROM ? message.u16() : 0;
      message.skip(2);
      int valueCount = message.u16();
      byte[] name = message.bytes(nameLength);
      int[] values = new int[message.take(4L * valueCount, "the parameters of a filter").remaining() / 4];
      ByteBuffer raw = message.image()
          .at(message.address() - 4L * valueCount, 4L * valueCount, "the parameters of a filter", message.path())
          .rest();
      for (int j = 0; j < valueCount; j++) {
        values[j] = raw.getInt(4 * j);
      }
      message.skip(version == 1 && valueCount % 2 == 1 ? 4 : 0);
      Filter filter = new Filter(id, text(name), values);
      if (id != DEFLATE && id != SHUFFLE && id != FLETCHER32 && id != LZF) {
        throw message.image().unsupported(message.path(), "it is packed by HDF5 filter " + id
            + (filter.name.isEmpty() ? "" : " (" + filter.name + ")")
            + ", which is not supported; expected gzip, shuffle, fletcher32 or lzf");
      }
      filters.add(filter);
    }
    return filters;
  }

  private static String text(byte[] name) {
    StringBuilder text = new StringBuilder();
    for (byte letter : name) {
      if (letter >= ' ' && text.length() < 40) {
        text.append((char) letter);
      }
    }
    return text.toString();
  }

  /**
   * The content before this filter was applied; little-endian, from its first byte to its limit.
   *
   * @param size of a whole chunk: no filter gives more, bar a checksum
   */
  ByteBuffer undo(ByteBuffer content, int size, Image image, String path) {
    return switch (id) {
      case DEFLATE -> inflate(content, size, image, path);
      case SHUFFLE -> unshuffle(content, image, path);
      case FLETCHER32 -> checked(content, image, path);
      default -> lzf(content, size, image, path);
    };
  }

  private static ByteBuffer buffer(byte[] bytes, int length) {
    return ByteBuffer.wrap(bytes, 0, length).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] array(ByteBuffer content) {
    byte[] bytes = new byte[content.limit()];
    content.get(0, bytes);
    return bytes;
  }

  private static ByteBuffer inflate(ByteBuffer content, int size, Image image, String path) {
    byte[] unpacked = new byte[size + SPARE];
    try (Inflater inflater = new Inflater()) {
      inflater.setInput(content.duplicate());
      int length = 0;
      while (!inflater.finished()) {
        int read = inflater.inflate(unpacked, length, unpacked.length - length);
        length += read;
        if (read == 0 && !inflater.finished()) {
          throw image.damaged(
              path, length == unpacked.length ? "a chunk unpacks to too much" : "a packed chunk is truncated");
        }
      }
      return buffer(unpacked, length);
    } catch (DataFormatException e) {
      throw image.damaged(path, "a chunk cannot be inflated: " + e.getMessage());
    }
  }

  private ByteBuffer unshuffle(ByteBuffer content, Image image, String path) {
    if (values.length < 1 || values[0] < 1) {
      throw image.damaged(path, "its shuffle filter has no element size");
    }
    int width = values[0];
    byte[] mixed = array(content);
    int count = mixed.length / width;
    byte[] plain = mixed.clone();
    for (int j = 0; j < width; j++) {
      for (int i = 0, from = j * count, to = j; i < count; i++, from++, to += width) {
        plain[to] = mixed[from];
      }
    }
    return buffer(plain, plain.length);
  }

  private static ByteBuffer checked(ByteBuffer content, Image image, String path) {
    int length = content.limit() - Integer.BYTES;
    if (length < 0) {
      throw image.damaged(path, "a chunk is shorter than its checksum");
    }
    int stored = content.getInt(length);
    int actual = Checksums.fletcher32(array(content), length);
    if ((stored >>> 16) % 0xffff != actual >>> 16 || (stored & 0xffff) % 0xffff != (actual & 0xffff)) {
      throw image.damaged(path, "the checksum of a chunk does not match its content");
    }
    return content.slice(0, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Runs of literals, and references to what was unpacked before. */
  private static ByteBuffer lzf(ByteBuffer packed, int size, Image image, String path) {
    byte[] content = array(packed);
    byte[] plain = new byte[size + SPARE];
    int at = 0;
    int to = 0;
    try {
      while (at < content.length) {
        int control = content[at++] & 0xff;
        if (control < 32) {
          System.arraycopy(content, at, plain, to, control + 1);
          at += control + 1;
          to += control + 1;
          continue;
        }
        int length = control >> 5;
        if (length == 7) {
          length += content[at++] & 0xff;
        }
        int from = to - ((control & 0x1f) << 8) - (content[at++] & 0xff) - 1;
        for (int end = to + length + 2; to < end; to++) {
          plain[to] = plain[from++];
        }
      }
    } catch (IndexOutOfBoundsException e) {
      throw image.damaged(path, "a chunk cannot be unpacked");
    }
    return buffer(Arrays.copyOf(plain, to), to);
  }
}
