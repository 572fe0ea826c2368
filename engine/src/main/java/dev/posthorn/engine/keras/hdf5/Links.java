package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.engine.Budget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names in a group, as they are stored: a symbol table (B-tree, version 1, and local heap), link messages, or links in
 * a fractal heap. Format: HDF5 specification, III.A to III.G, IV.A.2.c, g and r.
 */
final class Links {
  private static final int HARD = 0;
  private static final int SOFT = 1;
  private static final int LONGEST_NAME = 1 << 12;
  private static final int LEVELS = 32;
  private static final int ENTRY_OF_SOFT_LINK = 2;

  /**
   * One name.
   *
   * @param address of the object's header
   * @param elsewhere whether it leads to another path or file, and so is not followed
   */
  record Link(long address, boolean elsewhere, long order) {}

  private final Image image;
  private final String path;
  private final Map<String, Link> links = new LinkedHashMap<>();
  private final Set<Long> seen = new HashSet<>();
  private long nameBytes;

  private Links(Image image, String path) {
    this.image = image;
    this.path = path;
  }

  /** Whether the object is a group. */
  static boolean isGroup(ObjectHeader header) {
    return header.has(ObjectHeader.SYMBOL_TABLE) || header.has(ObjectHeader.LINK_INFO) || header.has(ObjectHeader.LINK);
  }

  /** The links of a group, by creation where the file keeps that order, else as stored. */
  static Map<String, Link> of(ObjectHeader header) {
    Links links = new Links(header.image(), header.path());
    header.find(ObjectHeader.SYMBOL_TABLE, "the symbol table").ifPresent(links::symbolTable);
    header.find(ObjectHeader.LINK_INFO, "the link info").ifPresent(links::dense);
    for (ObjectHeader.Message message : header.all(ObjectHeader.LINK)) {
      links.link(header.open(message, "a link"));
    }
    List<Map.Entry<String, Link>> ordered = new ArrayList<>(links.links.entrySet());
    ordered.sort((a, b) -> Long.compare(a.getValue().order(), b.getValue().order()));
    Map<String, Link> result = LinkedHashMap.newLinkedHashMap(ordered.size());
    ordered.forEach(entry -> result.put(entry.getKey(), entry.getValue()));
    return result;
  }

  private void symbolTable(Cursor message) {
    long tree = message.offset();
    Cursor heap = image.from(message.offset(), "the local heap", path).signature("HEAP");
    heap.version(0, 0);
    heap.skip(3);
    long size = heap.length();
    heap.length();
    tree(tree, image.at(heap.offset(), size, "the names of a group", path), LEVELS);
  }

  private void tree(long address, Cursor names, int above) {
    if (!seen.add(address)) {
      throw image.damaged(path, "the nodes of a group run in a circle");
    }
    Cursor node = image.from(address, "a node of a group", path).signature("TREE");
    int type = node.u8();
    int level = node.u8();
    if (type != 0 || level >= above) {
      throw node.damaged("type " + type + " and level " + level + "; expected type 0, below level " + above);
    }
    int used = node.u16();
    node.offset();
    node.offset();
    node.length();
    for (int i = 0; i < used; i++) {
      long child = node.offset();
      node.length();
      if (level > 0) {
        tree(child, names, level);
      } else {
        symbols(child, names);
      }
    }
  }

  private void symbols(long address, Cursor names) {
    if (!seen.add(address)) {
      throw image.damaged(path, "the nodes of a group run in a circle");
    }
    Cursor node = image.from(address, "the names of a group", path).signature("SNOD");
    node.version(1, 1);
    node.skip(1);
    int count = node.u16();
    for (int i = 0; i < count; i++) {
      long name = node.offset();
      long target = node.offset();
      long kind = node.u32();
      node.skip(20);
      if (name < 0 || name >= names.remaining()) {
        throw node.damaged("a name at " + Long.toUnsignedString(name) + " of " + names.remaining() + " bytes");
      }
      Cursor text = image.at(names.address() + name, names.remaining() - name, "a name", path);
      add(text.terminated(), new Link(target, kind == ENTRY_OF_SOFT_LINK, 0));
    }
  }

  private void dense(Cursor message) {
    message.version(0, 0);
    int flags = message.u8();
    message.skip((flags & 1) != 0 ? Long.BYTES : 0);
    long heapAddress = message.offset();
    long namesAddress = message.offset();
    if (heapAddress == Cursor.UNDEFINED) {
      return;
    }
    FractalHeap heap = FractalHeap.open(image, heapAddress, path);
    BtreeV2.visit(
        image, namesAddress, BtreeV2.LINKS_BY_NAME, path, node -> link(heap.object(node.skip(4).bytes(heap.idLength()))));
  }

  private void link(Cursor link) {
    link.version(1, 1);
    int flags = link.u8();
    int kind = (flags & 8) != 0 ? link.u8() : HARD;
    long order = (flags & 4) != 0 ? link.unsigned(Long.BYTES) : 0;
    link.skip((flags & 16) != 0 ? 1 : 0);
    long length = link.unsigned(1 << (flags & 3));
    if (length < 1 || length > LONGEST_NAME) {
      throw link.damaged("a name of " + Long.toUnsignedString(length) + " bytes; expected 1 to " + LONGEST_NAME);
    }
    String name = new String(link.bytes((int) length), StandardCharsets.UTF_8);
    if (kind != HARD && kind != SOFT && kind < 64) {
      throw link.damaged("a link of kind " + kind);
    }
    add(name, new Link(kind == HARD ? link.offset() : Cursor.UNDEFINED, kind != HARD, order));
  }

  private void add(String name, Link link) {
    image.step(path);
    nameBytes += name.length();
    if (name.length() > LONGEST_NAME || nameBytes > image.size()) {
      throw image.damaged(path, "its names are longer than the file");
    }
    Budget.check("tensors", image.budget().tensors(), links.size() + 1L, image.place(path) + ": names in a group");
    if (links.put(name, link) != null) {
      throw image.damaged(path, "two objects are named '" + name + "'");
    }
  }
}
