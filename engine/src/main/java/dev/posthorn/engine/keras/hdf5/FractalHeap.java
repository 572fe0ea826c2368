package dev.posthorn.engine.keras.hdf5;

import java.util.HashMap;
import java.util.Map;

/**
 * Objects of any size in blocks that double. Managed, tiny and huge objects; no filters. Format: HDF5 specification,
 * III.G. For one thread.
 */
final class FractalHeap {
  private static final int MANAGED = 0;
  private static final int HUGE = 1;
  private static final int TINY = 2;
  private static final int LONGEST_SHORT_TINY = 16;
  private static final int LEVELS = 64;

  private final Image image;
  private final String path;
  private final int idLength;
  private final boolean checked;
  private final long hugeTree;
  private final int width;
  private final long start;
  private final long largestDirect;
  private final int offsetWidth;
  private final int lengthWidth;
  private final long root;
  private final int rootRows;
  private final Map<Long, long[]> hugeObjects = new HashMap<>();
  private boolean hugeRead;

  private FractalHeap(Image image, long address, String path) {
    this.image = image;
    this.path = path;
    Cursor head = image.from(address, "a heap", path).signature("FRHP");
    head.version(0, 0);
    idLength = head.u16();
    int filters = head.u16();
    checked = (head.u8() & 2) != 0;
    long largestManaged = head.u32();
    head.length();
    hugeTree = head.offset();
    head.length();
    head.offset();
    head.skip(8 * image.lengthWidth());
    width = head.u16();
    start = head.length();
    largestDirect = head.length();
    int bits = head.u16();
    head.u16();
    root = head.offset();
    rootRows = head.u16();
    if (filters != 0) {
      throw image.unsupported(path, "a packed heap of names is not supported");
    }
    head.checksum();
    if (width == 0 || !isPower(width) || !isPower(start) || !isPower(largestDirect) || largestDirect < start
        || bits < 1 || bits > 63 || rootRows > 64) {
      throw head.damaged(
          "blocks of " + start + " to " + largestDirect + " bytes, " + width + " in each of " + rootRows + " rows");
    }
    offsetWidth = (bits + 7) / 8;
    lengthWidth =
        Math.min((log2(largestDirect) + 7) / 8, log2(Math.max(1, largestManaged)) / 8 + 1);
  }

  static FractalHeap open(Image image, long address, String path) {
    return new FractalHeap(image, address, path);
  }

  private static boolean isPower(long number) {
    return number > 0 && number < 1L << 40 && Long.bitCount(number) == 1;
  }

  private static int log2(long number) {
    return 63 - Long.numberOfLeadingZeros(number);
  }

  int idLength() {
    return idLength;
  }

  /** The object of that id. */
  Cursor object(byte[] id) {
    Cursor cursor =
        new Cursor(image, dev.posthorn.engine.keras.content.Content.of(id), 0, "an id of a heap", path);
    int flags = cursor.u8();
    int kind = flags >> 4 & 3;
    return switch (kind) {
      case MANAGED -> managed(cursor.unsigned(offsetWidth), cursor.unsigned(lengthWidth));
      case HUGE -> huge(cursor);
      case TINY -> tiny(cursor, flags);
      default -> throw cursor.damaged("an object of kind " + kind);
    };
  }

  private Cursor tiny(Cursor id, int flags) {
    int length = (flags & 15) + 1;
    if (idLength - 1 > LONGEST_SHORT_TINY) {
      length = ((flags & 15) << 8 | id.u8()) + 1;
    }
    return id.take(length, "an object of a heap");
  }

  private Cursor huge(Cursor id) {
    if (idLength - 1 >= image.offsetWidth() + image.lengthWidth()) {
      return image.at(id.offset(), id.length(), "an object of a heap", path);
    }
    if (!hugeRead) {
      hugeRead = true;
      BtreeV2.visit(
          image,
          hugeTree,
          BtreeV2.HUGE_OBJECTS,
          path,
          record -> {
            long[] place = {record.offset(), record.length()};
            hugeObjects.put(record.length(), place);
          });
    }
    long[] place = hugeObjects.get(id.unsigned(Math.min(Long.BYTES, idLength - 1)));
    if (place == null) {
      throw id.damaged("there is no such large object");
    }
    return image.at(place[0], place[1], "an object of a heap", path);
  }

  private Cursor managed(long offset, long length) {
    long block = root;
    long within = offset;
    int rows = rootRows;
    long size = start;
    int directRows = log2(largestDirect) - log2(start) + 2;
    for (int level = 0; rows > 0; level++) {
      if (within < 0 || level == LEVELS) {
        throw image.damaged(path, "a heap has no object at " + Long.toUnsignedString(offset));
      }
      int row = within < start * width ? 0 : log2(within / (start * width)) + 1;
      if (row >= rows) {
        throw image.damaged(path, "a heap has no object at " + Long.toUnsignedString(offset));
      }
      size = row == 0 ? start : start << row - 1;
      long rowStart = row == 0 ? 0 : start * width << row - 1;
      int column = (int) ((within - rowStart) / size);
      block = child(block, rows, Math.min(rows, directRows), row * width + column);
      within -= rowStart + column * size;
      rows = row < directRows ? 0 : log2(size) - log2(start * width) + 1;
    }
    return direct(block, size, within, length);
  }

  private long child(long address, int rows, int directRows, int index) {
    Cursor block = image.from(address, "a block of a heap", path).signature("FHIB");
    block.version(0, 0);
    block.offset();
    block.skip(offsetWidth);
    if (directRows > rows) {
      throw block.damaged("more rows than the heap has");
    }
    long found = Cursor.UNDEFINED;
    for (int i = 0; i < rows * width; i++) {
      long entry = block.offset();
      found = i == index ? entry : found;
    }
    block.checksum();
    return found;
  }

  private Cursor direct(long address, long size, long within, long length) {
    Cursor block = image.at(address, size, "a block of a heap", path);
    block.signature("FHDB").version(0, 0);
    block.offset();
    block.skip(offsetWidth + (checked ? 4 : 0));
    if (within < block.position() || length < 0 || length > size - within) {
      throw block.damaged("an object of " + length + " bytes at " + within);
    }
    return image.at(address + within, length, "an object of a heap", path);
  }
}
