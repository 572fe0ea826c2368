package dev.posthorn.engine.keras.hdf5;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An array of chunks that can grow: the first elements in the index block, the others in data blocks of doubling size,
 * found through the index block or through super blocks. Format: HDF5 specification, VII.C. For one thread.
 */
final class ExtensibleArray implements ChunkArray {
  private final Image image;
  private final String path;
  private final boolean filtered;
  private final int width;
  private final int bits;
  private final int inIndex;
  private final int blockLength;
  private final int superPointers;
  private final int pageLength;
  private final long index;
  private final Map<Long, Cursor> checked = new HashMap<>();

  private ExtensibleArray(Image image, long address, String path) {
    this.image = image;
    this.path = path;
    Cursor head = image.from(address, "an extensible array", path).signature("EAHD");
    head.version(0, 0);
    filtered = head.u8() == 1;
    width = head.u8();
    bits = head.u8();
    inIndex = head.u8();
    blockLength = head.u8();
    superPointers = head.u8();
    int pageBits = head.u8();
    head.skip(6 * image.lengthWidth());
    index = head.offset();
    head.checksum();
    if (width < image.offsetWidth() + (filtered ? 5 : 0)
        || width > image.offsetWidth() + 12
        || bits > 63
        || pageBits > 30
        || Integer.bitCount(blockLength) != 1
        || Integer.bitCount(superPointers) != 1
        || 1 << pageBits < blockLength) {
      throw head.damaged("blocks of " + blockLength + " elements of " + width + " bytes");
    }
    pageLength = 1 << pageBits;
  }

  static ExtensibleArray open(Image image, long address, String path) {
    return new ExtensibleArray(image, address, path);
  }

  @Override
  public boolean filtered() {
    return filtered;
  }

  @Override
  public @Nullable Cursor element(long position) {
    if (index == Cursor.UNDEFINED) {
      return null;
    }
    Cursor block = checked.computeIfAbsent(index, this::indexBlock);
    if (position < inIndex) {
      return entry(block.address() + position * width);
    }
    long rest = position - inIndex;
    int level = 63 - Long.numberOfLeadingZeros(rest / blockLength + 1);
    if (level >= superBlocks()) {
      return null;
    }
    long within = rest - ((1L << level) - 1) * blockLength;
    long length = (long) blockLength << (level + 1) / 2;
    long number = within / length;
    long addresses = block.address() + (long) inIndex * width;
    int direct = directLevels();
    if (level < direct) {
      // Levels 0, 1, 2, 3, ... have 1, 1, 2, 2, 4, 4, ... blocks.
      long before = level % 2 == 0 ? 2 * ((1L << level / 2) - 1) : 2 * ((1L << level / 2) - 1) + (1L << level / 2);
      return data(pointer(addresses + (before + number) * image.offsetWidth()), length, within % length, true);
    }
    long superBlock = pointer(addresses + (2L * (superPointers - 1) + level - direct) * image.offsetWidth());
    return superBlock == Cursor.UNDEFINED ? null : throughSuper(superBlock, level, length, number, within % length);
  }

  private int superBlocks() {
    return 1 + bits - Integer.numberOfTrailingZeros(blockLength);
  }

  private int directLevels() {
    return 2 * Integer.numberOfTrailingZeros(superPointers);
  }

  private Cursor indexBlock(long address) {
    Cursor block = image.from(address, "the index of an extensible array", path).signature("EAIB");
    block.version(0, 0);
    block.skip(1);
    block.offset();
    long pointers = 2L * (superPointers - 1) + Math.max(0, superBlocks() - directLevels());
    Cursor content = block.take((long) inIndex * width + pointers * image.offsetWidth(), "the index of an array");
    block.checksum();
    return content;
  }

  private @Nullable Cursor throughSuper(long address, int level, long length, long number, long within) {
    long blocks = 1L << level / 2;
    long pages = length > pageLength ? length / pageLength : 0;
    long bitmap = (pages + 7) / 8;
    Cursor content =
        checked.computeIfAbsent(
            address,
            at -> {
              Cursor block = image.from(at, "a super block of an array", path).signature("EASB");
              block.version(0, 0);
              block.skip(1);
              block.offset();
              block.skip((bits + 7) / 8);
              if (bitmap > image.size() || blocks > image.size()) {
                throw block.damaged(blocks + " blocks of " + pages + " pages");
              }
              Cursor inside = block.take(blocks * (bitmap + image.offsetWidth()), "a super block of an array");
              block.checksum();
              return inside;
            });
    boolean written = true;
    if (pages > 0) {
      long page = within / pageLength;
      written = (content.rest().get((int) (number * bitmap + page / 8)) & 0x80 >> page % 8) != 0;
    }
    long data = pointer(content.address() + blocks * bitmap + number * image.offsetWidth());
    return written ? data(data, length, within, false) : null;
  }

  private @Nullable Cursor data(long address, long length, long within, boolean direct) {
    if (address == Cursor.UNDEFINED) {
      return null;
    }
    boolean paged = length > pageLength;
    int prefix = 6 + image.offsetWidth() + (bits + 7) / 8;
    if (!paged) {
      Cursor elements =
          checked.computeIfAbsent(
              address,
              at -> {
                Cursor block = image.from(at, "a block of an array", path).signature("EADB");
                block.version(0, 0);
                block.skip(prefix - 5);
                Cursor inside = block.take(length * width, "a block of an array");
                block.checksum();
                return inside;
              });
      return entry(elements.address() + within * width);
    }
    if (direct) {
      throw image.unsupported(path, "pages in the first blocks of an extensible array are not supported");
    }
    long start = address + prefix + 4 + within / pageLength * ((long) pageLength * width + 4);
    Cursor page =
        checked.computeIfAbsent(
            start,
            at -> {
              Cursor whole = image.at(at, (long) pageLength * width + 4, "a page of an array", path);
              Cursor inside = whole.take((long) pageLength * width, "a page of an array");
              whole.checksum();
              return inside;
            });
    return entry(page.address() + within % pageLength * width);
  }

  private Cursor entry(long address) {
    return image.at(address, width, "an element of an array", path);
  }

  private long pointer(long address) {
    return image.at(address, image.offsetWidth(), "a pointer of an array", path).offset();
  }
}
