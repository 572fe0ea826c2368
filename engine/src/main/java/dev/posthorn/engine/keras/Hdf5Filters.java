package dev.posthorn.engine.keras;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.jhdf.filter.PipelineFilterWithData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Undoes the filters that h5py offers: gzip, shuffle, fletcher32 and lzf, with bounded output. HDF5 leaves an optional
 * filter out where it does not help: content that has the unpacked size already passes.
 */
final class Hdf5Filters {
  private static final int DEFLATE = 1;
  private static final int SHUFFLE = 2;
  private static final int FLETCHER32 = 3;
  private static final int LZF = 32000;

  private Hdf5Filters() {}

  /**
   * The content before that filter was applied.
   *
   * @param size of a whole chunk: no filter gives more, bar four bytes of checksum
   * @throws InferenceException INVALID_MODEL if it is damaged, UNSUPPORTED for another filter
   */
  static byte[] undo(PipelineFilterWithData filter, byte[] content, int size, String place) {
    return switch (filter.getId()) {
      case DEFLATE -> inflate(content, size, place);
      case SHUFFLE -> unshuffle(content, filter.getFilterData(), place);
      case FLETCHER32 -> checked(content, place);
      case LZF -> content.length == size ? content : lzf(content, size, place);
      default ->
          throw new InferenceException(
              Reason.UNSUPPORTED,
              place + " is packed by HDF5 filter " + filter.getId()
                  + ", which is not supported; expected gzip, shuffle, fletcher32 or lzf");
    };
  }

  private static byte[] inflate(byte[] content, int size, String place) {
    byte[] unpacked = new byte[size + Integer.BYTES];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(content);
      int length = 0;
      while (!inflater.finished()) {
        int read = inflater.inflate(unpacked, length, unpacked.length - length);
        length += read;
        if (read == 0 && !inflater.finished()) {
          throw damaged(place, length == unpacked.length ? "a chunk unpacks to too much" : "a chunk is truncated");
        }
      }
      return Arrays.copyOf(unpacked, length);
    } catch (DataFormatException e) {
      if (content.length == size) {
        return content;
      }
      throw damaged(place, "a chunk cannot be inflated: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  private static byte[] unshuffle(byte[] content, int[] data, String place) {
    if (data.length < 1 || data[0] < 1) {
      throw damaged(place, "its shuffle filter has no element size");
    }
    int width = data[0];
    int count = content.length / width;
    byte[] plain = content.clone();
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < width; j++) {
        plain[i * width + j] = content[j * count + i];
      }
    }
    return plain;
  }

  /** Checks and removes the last four bytes; algorithm: H5_checksum_fletcher32 of HDF5, over big-endian words. */
  private static byte[] checked(byte[] content, String place) {
    int length = content.length - Integer.BYTES;
    if (length < 0) {
      throw damaged(place, "a chunk is shorter than its checksum");
    }
    long first = 0;
    long second = 0;
    for (int i = 0; i < length; i += 2) {
      int low = i + 1 < length ? content[i + 1] & 0xff : 0;
      first = (first + ((content[i] & 0xff) << 8 | low)) % 0xffff;
      second = (second + first) % 0xffff;
    }
    int stored = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getInt(length);
    if ((stored >>> 16) % 0xffff != second || (stored & 0xffff) % 0xffff != first) {
      throw damaged(place, "the checksum of a chunk does not match its content");
    }
    return Arrays.copyOf(content, length);
  }

  /** LibLZF: runs of literals, and references to what was unpacked before. */
  private static byte[] lzf(byte[] content, int size, String place) {
    byte[] plain = new byte[size];
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
      throw damaged(place, "a chunk cannot be unpacked");
    }
    return Arrays.copyOf(plain, to);
  }

  private static InferenceException damaged(String place, String problem) {
    return new InferenceException(Reason.INVALID_MODEL, place + ": " + problem);
  }
}
