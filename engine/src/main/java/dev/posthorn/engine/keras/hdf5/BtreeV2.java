package dev.posthorn.engine.keras.hdf5;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Visits the records of a B-tree, version 2, in their order. Format: HDF5 specification, III.A.2. */
final class BtreeV2 {
  static final int HUGE_OBJECTS = 1;
  static final int LINKS_BY_NAME = 5;
  static final int ATTRIBUTES_BY_NAME = 8;
  static final int CHUNKS = 10;
  static final int FILTERED_CHUNKS = 11;
  private static final int LEVELS = 32;

  /** Signature, version, type and checksum of a node. */
  private static final int NODE_HEAD = 10;

  private final Image image;
  private final String path;
  private final int type;
  private final Consumer<Cursor> visitor;
  private final int nodeSize;
  private final int recordSize;
  private final int countWidth;
  private final int[] totalWidths;
  private final Set<Long> seen = new HashSet<>();

  private BtreeV2(Image image, String path, int type, Consumer<Cursor> visitor, int nodeSize, int recordSize, int depth) {
    this.image = image;
    this.path = path;
    this.type = type;
    this.visitor = visitor;
    this.nodeSize = nodeSize;
    this.recordSize = recordSize;
    this.totalWidths = new int[depth + 1];
    long most = (nodeSize - NODE_HEAD) / recordSize;
    this.countWidth = widthOf(most);
    double total = most;
    for (int level = 1; level <= depth; level++) {
      int pointer = image.offsetWidth() + countWidth + totalWidths[level - 1];
      most = Math.max(0, nodeSize - NODE_HEAD - pointer) / (recordSize + pointer);
      total = Math.min((most + 1) * total + most, 0x1p62);
      totalWidths[level] = widthOf((long) total);
    }
  }

  /** How many bytes HDF5 takes for numbers up to this one. */
  private static int widthOf(long most) {
    return (63 - Long.numberOfLeadingZeros(Math.max(1, most))) / 8 + 1;
  }

  /** Hands each record to the visitor; {@code address} may be undefined: no records. */
  static void visit(Image image, long address, int type, String path, Consumer<Cursor> visitor) {
    if (address == Cursor.UNDEFINED) {
      return;
    }
    Cursor head = image.from(address, "the head of a B-tree", path).signature("BTHD");
    head.version(0, 0);
    int actual = head.u8();
    if (actual != type) {
      throw head.damaged("type " + actual + "; expected " + type);
    }
    long nodeSize = head.u32();
    int recordSize = head.u16();
    int depth = head.u16();
    head.skip(2);
    long root = head.offset();
    int count = head.u16();
    head.length();
    head.checksum();
    if (nodeSize <= NODE_HEAD || nodeSize > image.size() || recordSize == 0 || recordSize > nodeSize - NODE_HEAD) {
      throw head.damaged("records of " + recordSize + " in nodes of " + nodeSize + " bytes");
    }
    if (depth > LEVELS) {
      throw head.damaged(depth + " levels; expected at most " + LEVELS);
    }
    if (root != Cursor.UNDEFINED && count > 0) {
      new BtreeV2(image, path, type, visitor, (int) nodeSize, recordSize, depth).node(root, count, depth);
    }
  }

  private void node(long address, int count, int depth) {
    if (!seen.add(address)) {
      throw image.damaged(path, "the nodes of a B-tree run in a circle");
    }
    Cursor node = image.at(address, nodeSize, "a node of a B-tree", path).signature(depth == 0 ? "BTLF" : "BTIN");
    node.version(0, 0);
    if (node.u8() != type) {
      throw node.damaged("it belongs to another kind of tree");
    }
    Cursor records = node.take((long) count * recordSize, "the records of a B-tree");
    Cursor children = node;
    if (depth > 0) {
      int pointer = image.offsetWidth() + countWidth + totalWidths[depth - 1];
      children = node.take((count + 1L) * pointer, "the children of a B-tree");
    }
    node.checksum();
    for (int i = 0; i <= count; i++) {
      if (depth > 0) {
        long child = children.offset();
        long below = children.unsigned(countWidth);
        children.skip(totalWidths[depth - 1]);
        node(child, (int) Math.min(below & Long.MAX_VALUE, 1 << 24), depth - 1);
      }
      if (i < count) {
        image.step(path);
        visitor.accept(records.take(recordSize, "a record of a B-tree"));
      }
    }
  }
}
