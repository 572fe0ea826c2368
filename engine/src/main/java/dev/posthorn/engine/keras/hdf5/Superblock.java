package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.ByteOrder;

/**
 * The beginning of a file: at 0, or behind a user block of 512, 1024, 2048, ... bytes. Format: HDF5 specification, II.A.
 *
 * @param image the bytes from the base address on
 * @param root the address of the root group's header
 */
record Superblock(Image image, long root) {
  private static final long SIGNATURE = 0x894844460d0a1a0aL;

  /** Where the signature is; -1 if there is none. */
  static long find(Content content) {
    for (long at = 0; at + Long.BYTES <= content.size(); at = at == 0 ? 512 : at * 2) {
      if (content.view((int) at, Long.BYTES).order(ByteOrder.BIG_ENDIAN).getLong() == SIGNATURE) {
        return at;
      }
    }
    return -1;
  }

  static Superblock read(Content content, String what, Budget budget) {
    long base = find(content);
    if (base < 0) {
      throw new InferenceException(Reason.INVALID_MODEL, what + " is not an HDF5 file");
    }
    Content rest = content.part((int) base, content.size() - (int) base);
    Cursor head = new Image(rest, what, budget, 8, 8).from(0, "the superblock", "").skip(8);
    int version = head.version(0, 3);
    if (version < 2) {
      head.skip(4);
    }
    int offsetWidth = width(head);
    int lengthWidth = width(head);
    Image image = new Image(rest, what, budget, offsetWidth, lengthWidth);
    Cursor cursor = image.from(0, "the superblock", "");
    return version < 2
        ? old(image, cursor.skip(version == 0 ? 24 : 28), content.size())
        : recent(image, cursor.skip(12), content.size());
  }

  private static int width(Cursor cursor) {
    int width = cursor.u8();
    if (width != 2 && width != 4 && width != 8) {
      throw cursor.damaged("addresses or lengths of " + width + " bytes; expected 2, 4 or 8");
    }
    return width;
  }

  private static Superblock old(Image image, Cursor cursor, int available) {
    cursor.offset();
    cursor.offset();
    checkEnd(cursor, available);
    cursor.offset();
    cursor.offset();
    return new Superblock(image, cursor.offset());
  }

  private static Superblock recent(Image image, Cursor cursor, int available) {
    cursor.offset();
    cursor.offset();
    checkEnd(cursor, available);
    long root = cursor.offset();
    cursor.checksum();
    return new Superblock(image, root);
  }

  private static void checkEnd(Cursor cursor, int available) {
    long end = cursor.offset();
    if (end < 0 || end > available) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          cursor.image().place("") + " is a truncated HDF5 file: expected " + Long.toUnsignedString(end) + " bytes, got "
              + available);
    }
  }
}
