package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.ElementDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An array in chunks, each packed by itself. Every chunk of the grid must be stored, and none may unpack to more than its
 * declared size, so that a small file cannot ask for much memory or time; one chunk is in memory at a time.
 */
final class Chunks implements Storage {
  /** A small array may shrink by any ratio: a thousand zeros do. */
  private static final long RATIO_COUNTS_FROM = 1 << 20;

  /** Chunks may reach over the edge: up to twice the length of an axis each. */
  private static final long OVERHANG = 64;

  private final ObjectHeader header;
  private final Dataspace space;
  private final int width;
  private final int bytes;
  private final int[] chunk;
  private final int chunkBytes;
  private final int[] grid;
  private final int count;
  private final List<Filter> filters;
  private final boolean edgesUnfiltered;
  private final ChunkIndex.Entries entries;

  private Chunks(
      ObjectHeader header, Dataspace space, int width, int bytes, long[] sizes, boolean edgesUnfiltered, Cursor message,
      java.util.function.Function<Chunks, ChunkIndex.Entries> index) {
    this.header = header;
    this.space = space;
    this.width = width;
    this.bytes = bytes;
    this.edgesUnfiltered = edgesUnfiltered;
    this.filters = Storage.filters(header);
    int rank = space.dims().length;
    if (sizes.length != rank || rank == 0) {
      throw message.damaged("chunks of " + sizes.length + " axes for an array of " + rank);
    }
    this.chunk = new int[rank];
    this.grid = new int[rank];
    long one = width;
    long all = 1;
    for (int axis = 0; axis < rank; axis++) {
      if (sizes[axis] < 1 || sizes[axis] > Integer.MAX_VALUE) {
        throw message.damaged("a chunk is " + sizes[axis] + " long on axis " + axis);
      }
      chunk[axis] = (int) sizes[axis];
      grid[axis] = (int) ((space.dims()[axis] + sizes[axis] - 1) / sizes[axis]);
      one = Math.min(one * sizes[axis], 1L << 31);
      all = Math.min(all * grid[axis], 1L << 31);
    }
    if (all > header.image().size() || all * one > OVERHANG * bytes + RATIO_COUNTS_FROM || one > Integer.MAX_VALUE - 16) {
      throw message.damaged(all + " chunks of " + one + " bytes hold an array of " + bytes + " bytes");
    }
    this.chunkBytes = (int) one;
    this.count = (int) all;
    this.entries = bytes == 0 ? new ChunkIndex.Entries(0) : index.apply(this);
  }

  /** Layout versions 1 to 3; {@code rank} counts the element size as one more axis. */
  static Chunks ofTree(
      ObjectHeader header, Cursor message, int rank, long address, Dataspace space, int width, int bytes) {
    if (rank < 2) {
      throw message.damaged("chunks without axes");
    }
    long[] sizes = new long[rank - 1];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = message.u32();
    }
    checkWidth(message, message.u32(), width);
    return new Chunks(
        header, space, width, bytes, sizes, false, message, chunks -> ChunkIndex.byTree(chunks, address));
  }

  /** Layout versions 4 and 5. */
  static Chunks of(ObjectHeader header, Cursor message, int version, Dataspace space, int width, int bytes) {
    int flags = message.u8();
    int rank = message.u8();
    int encoded = message.u8();
    if (rank < 2 || encoded < 1 || encoded > 8) {
      throw message.damaged(rank + " axes in numbers of " + encoded + " bytes");
    }
    long[] sizes = new long[rank - 1];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = message.unsigned(encoded);
    }
    checkWidth(message, message.unsigned(encoded), width);
    return new Chunks(
        header, space, width, bytes, sizes, (flags & 1) != 0, message,
        chunks -> ChunkIndex.read(chunks, message, flags, version));
  }

  private static void checkWidth(Cursor message, long declared, int width) {
    if (declared != width) {
      throw message.damaged("elements of " + Long.toUnsignedString(declared) + " bytes; expected " + width);
    }
  }

  ObjectHeader header() {
    return header;
  }

  Dataspace space() {
    return space;
  }

  int[] size() {
    return chunk;
  }

  int[] grid() {
    return grid;
  }

  int count() {
    return count;
  }

  int chunkBytes() {
    return chunkBytes;
  }

  boolean filtered() {
    return !filters.isEmpty();
  }

  @Override
  public void decode(ElementDecoder to) {
    Image image = header.image();
    long stored = 0;
    for (int i = 0; i < count; i++) {
      if (!entries.has(i)) {
        throw image.damaged(header.path(), "chunk " + i + " of " + count + " is not stored");
      }
      stored += entries.length(i);
    }
    if (stored > image.size()) {
      throw image.damaged(header.path(), "its chunks are longer than the file");
    }
    if (bytes > RATIO_COUNTS_FROM) {
      Budget.check(
          "inflated-ratio",
          image.budget().inflatedRatio(),
          bytes / Math.max(1, stored),
          image.place(header.path()) + ": bytes once inflated for each stored byte");
    }
    int[] corner = new int[grid.length];
    for (int i = 0; i < count; i++) {
      int rest = i;
      boolean edge = false;
      for (int axis = grid.length - 1; axis >= 0; axis--) {
        corner[axis] = rest % grid[axis] * chunk[axis];
        edge |= corner[axis] > space.dims()[axis] - chunk[axis];
        rest /= grid[axis];
      }
      place(content(i, edge && edgesUnfiltered), corner, to);
    }
  }

  private ByteBuffer content(int number, boolean plain) {
    Image image = header.image();
    ByteBuffer content =
        ByteBuffer.wrap(
                image.at(entries.address(number), entries.length(number), "a chunk", header.path()).content().copy())
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = filters.size() - 1; i >= 0 && !plain; i--) {
      if ((entries.mask(number) >> i & 1) == 0) {
        content = filters.get(i).undo(content, chunkBytes, image, header.path());
      }
    }
    if (content.limit() != chunkBytes) {
      throw image.damaged(header.path(), "a chunk holds " + content.limit() + " bytes; expected " + chunkBytes);
    }
    return content;
  }

  /** Decodes the part of a chunk that lies inside the array, one run along the last axis at a time. */
  private void place(ByteBuffer content, int[] corner, ElementDecoder to) {
    int[] dims = space.dims();
    int last = dims.length - 1;
    int run = Math.min(chunk[last], dims[last] - corner[last]);
    int[] index = new int[dims.length];
    while (true) {
      int from = 0;
      int at = 0;
      for (int axis = 0; axis <= last; axis++) {
        from = from * chunk[axis] + index[axis];
        at = at * dims[axis] + corner[axis] + index[axis];
      }
      to.decode(content, from * width, at, run);
      int axis = last - 1;
      while (axis >= 0 && ++index[axis] == Math.min(chunk[axis], dims[axis] - corner[axis])) {
        index[axis--] = 0;
      }
      if (axis < 0) {
        return;
      }
    }
  }
}
