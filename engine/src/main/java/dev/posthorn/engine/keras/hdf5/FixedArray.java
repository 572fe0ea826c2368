package dev.posthorn.engine.keras.hdf5;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fixed array of chunks, paged where it is long. Format: HDF5 specification, VII.B. For one thread. */
final class FixedArray implements ChunkArray {
  private final Image image;
  private final String path;
  private final boolean filtered;
  private final int width;
  private final long count;
  private final int pageLength;
  private final long block;
  private final Map<Long, Cursor> pages = new HashMap<>();
  private int prefix;

  private FixedArray(Image image, long address, String path) {
    this.image = image;
    this.path = path;
    Cursor head = image.from(address, "a fixed array", path).signature("FAHD");
    head.version(0, 0);
    filtered = head.u8() == 1;
    width = head.u8();
    int bits = head.u8();
    count = head.length();
    block = head.offset();
    head.checksum();
    if (bits > 30 || width < image.offsetWidth() + (filtered ? 5 : 0) || width > image.offsetWidth() + 12) {
      throw head.damaged("elements of " + width + " bytes in pages of 2^" + bits);
    }
    pageLength = 1 << bits;
  }

  static FixedArray open(Image image, long address, String path) {
    return new FixedArray(image, address, path);
  }

  @Override
  public boolean filtered() {
    return filtered;
  }

  @Override
  public @Nullable Cursor element(long position) {
    if (position >= count || block == Cursor.UNDEFINED) {
      return null;
    }
    Cursor page = pages.computeIfAbsent(count > pageLength ? position / pageLength : 0, this::page);
    long within = count > pageLength ? position % pageLength : position;
    return page.remaining() == 0
        ? null
        : image.at(page.address() + within * width, width, "an element of an array", path);
  }

  private Cursor page(long page) {
    Cursor head = image.from(block, "a block of a fixed array", path).signature("FADB");
    head.version(0, 0);
    head.skip(1);
    head.offset();
    if (count <= pageLength) {
      Cursor elements = head.take(count * width, "the elements of a fixed array");
      head.checksum();
      return elements;
    }
    long pageCount = (count + pageLength - 1) / pageLength;
    if (pageCount > image.size() * 8L) {
      throw head.damaged(pageCount + " pages");
    }
    Cursor bitmap = head.take((pageCount + 7) / 8, "the pages of a fixed array");
    head.checksum();
    prefix = head.position();
    if ((bitmap.rest().get((int) (page / 8)) & 0x80 >> page % 8) == 0) {
      return image.at(0, 0, "a page of a fixed array", path);
    }
    long length = Math.min(pageLength, count - page * pageLength) * width;
    Cursor whole =
        image.at(block + prefix + page * ((long) pageLength * width + 4), length + 4, "a page of a fixed array", path);
    Cursor elements = whole.take(length, "a page of a fixed array");
    whole.checksum();
    return elements;
  }
}
