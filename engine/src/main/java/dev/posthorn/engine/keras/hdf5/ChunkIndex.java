package dev.posthorn.engine.keras.hdf5;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds where each chunk is stored. Format: HDF5 specification, III.A.1 (B-tree of version 1), VII (the indexes of layout
 * version 4).
 */
final class ChunkIndex {
  private static final int SINGLE = 1;
  private static final int IMPLICIT = 2;
  private static final int FIXED_ARRAY = 3;
  private static final int EXTENSIBLE_ARRAY = 4;
  private static final int BTREE = 5;
  private static final int SINGLE_FILTERED = 2;
  private static final int LEVELS = 32;

  private final Chunks chunks;
  private final Image image;
  private final String path;
  private final Entries entries;
  private final Set<Long> seen = new HashSet<>();

  private ChunkIndex(Chunks chunks) {
    this.chunks = chunks;
    this.image = chunks.header().image();
    this.path = chunks.header().path();
    this.entries = new Entries(chunks.count());
  }

  /** Address, length and filter mask of each chunk, in row-major order of the grid. */
  static final class Entries {
    private final long[] addresses;
    private final int[] lengths;
    private final int[] masks;

    Entries(int count) {
      addresses = new long[count];
      lengths = new int[count];
      masks = new int[count];
      Arrays.fill(addresses, Cursor.UNDEFINED);
    }

    boolean has(int chunk) {
      return addresses[chunk] != Cursor.UNDEFINED;
    }

    long address(int chunk) {
      return addresses[chunk];
    }

    int length(int chunk) {
      return lengths[chunk];
    }

    int mask(int chunk) {
      return masks[chunk];
    }
  }

  static Entries byTree(Chunks chunks, long address) {
    ChunkIndex index = new ChunkIndex(chunks);
    if (address != Cursor.UNDEFINED) {
      index.tree(address, LEVELS);
    }
    return index.entries;
  }

  static Entries read(Chunks chunks, Cursor message, int flags, int version) {
    ChunkIndex index = new ChunkIndex(chunks);
    index.read(message, flags, version);
    return index.entries;
  }

  private void read(Cursor message, int flags, int version) {
    int kind = message.u8();
    switch (kind) {
      case SINGLE -> {
        boolean filtered = (flags & SINGLE_FILTERED) != 0;
        long length = filtered ? message.length() : chunks.chunkBytes();
        int mask = filtered ? (int) message.u32() : 0;
        put(0, message.offset(), length, mask);
      }
      case IMPLICIT -> {
        long address = message.offset();
        ChunkOrder order = new ChunkOrder(chunks, false);
        if (address != Cursor.UNDEFINED) {
          for (int i = 0; i < chunks.count(); i++) {
            put(i, address + order.position(i) * chunks.chunkBytes(), chunks.chunkBytes(), 0);
          }
        }
      }
      case FIXED_ARRAY -> {
        message.skip(1);
        linear(FixedArray.open(image, message.offset(), path), new ChunkOrder(chunks, false));
      }
      case EXTENSIBLE_ARRAY -> {
        message.skip(5);
        linear(ExtensibleArray.open(image, message.offset(), path), new ChunkOrder(chunks, true));
      }
      case BTREE -> {
        message.skip(6);
        long address = message.offset();
        int type = chunks.filtered() ? BtreeV2.FILTERED_CHUNKS : BtreeV2.CHUNKS;
        BtreeV2.visit(image, address, type, path, this::record);
      }
      default -> throw message.damaged("an index of kind " + kind);
    }
  }

  private void linear(ChunkArray array, ChunkOrder order) {
    for (int i = 0; i < chunks.count(); i++) {
      Cursor entry = array.element(order.position(i));
      if (entry == null) {
        continue;
      }
      long address = entry.offset();
      if (!array.filtered()) {
        put(i, address, chunks.chunkBytes(), 0);
        continue;
      }
      long length = entry.unsigned(entry.remaining() - 4);
      put(i, address, length, (int) entry.u32());
    }
  }

  private void record(Cursor record) {
    long address = record.offset();
    long length = chunks.chunkBytes();
    int mask = 0;
    int rank = chunks.grid().length;
    if (chunks.filtered()) {
      int width = record.remaining() - 4 - 8 * rank;
      if (width < 1 || width > 8) {
        throw record.damaged("a length of " + width + " bytes");
      }
      length = record.unsigned(width);
      mask = (int) record.u32();
    }
    long number = 0;
    for (int axis = 0; axis < rank; axis++) {
      long at = record.unsigned(8);
      if (at < 0 || at >= chunks.grid()[axis]) {
        return;
      }
      number = number * chunks.grid()[axis] + at;
    }
    put((int) number, address, length, mask);
  }

  private void tree(long address, int above) {
    if (!seen.add(address)) {
      throw image.damaged(path, "the nodes of an index run in a circle");
    }
    Cursor node = image.from(address, "a node of an index", path).signature("TREE");
    int type = node.u8();
    int level = node.u8();
    if (type != 1 || level >= above) {
      throw node.damaged("type " + type + " and level " + level + "; expected type 1, below level " + above);
    }
    int used = node.u16();
    node.offset();
    node.offset();
    int rank = chunks.grid().length;
    for (int i = 0; i < used; i++) {
      image.step(path);
      long length = node.u32();
      int mask = (int) node.u32();
      long number = 0;
      boolean inside = true;
      for (int axis = 0; axis < rank; axis++) {
        long at = node.unsigned(8);
        inside &= at >= 0 && at < chunks.space().dims()[axis] && at % chunks.size()[axis] == 0;
        number = inside ? number * chunks.grid()[axis] + at / chunks.size()[axis] : 0;
      }
      node.unsigned(8);
      long child = node.offset();
      if (level > 0) {
        tree(child, level);
      } else if (inside) {
        put((int) number, child, length, mask);
      }
    }
  }

  private void put(int chunk, long address, long length, int mask) {
    image.step(path);
    if (address == Cursor.UNDEFINED) {
      return;
    }
    if (length < 0 || length > image.size() || address < 0 || address > image.size()) {
      throw image.damaged(
          path, "chunk " + chunk + " has " + Long.toUnsignedString(length) + " bytes at " + Long.toUnsignedString(address));
    }
    entries.addresses[chunk] = address;
    entries.lengths[chunk] = (int) length;
    entries.masks[chunk] = mask;
  }
}
