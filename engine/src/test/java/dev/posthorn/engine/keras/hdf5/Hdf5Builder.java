package dev.posthorn.engine.keras.hdf5;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;

/**
 * Writes small HDF5 files for tests as h5py does by default: superblock 0, symbol tables, headers of version 1. Groups on
 * the way to a path are made as needed. h5py reads what it writes.
 */
public final class Hdf5Builder {
  private static final long UNDEFINED = -1;
  private static final int GROUP_LEAF = 16;
  private static final int NAMES_IN_LEAF = 2 * GROUP_LEAF;
  private static final int LEAVES = 32;

  /** Encoded messages of attributes, and what stands below. */
  private static final class Node {
    final Map<String, Node> children = new TreeMap<>();
    final Map<String, byte[]> types = new LinkedHashMap<>();
    final Map<String, int[]> shapes = new LinkedHashMap<>();
    final Map<String, Object> values = new LinkedHashMap<>();
    byte[] datatype;
    int[] shape;
    byte[] data;
    int[] chunk;
    boolean gzip;
    String softLink;
  }

  private final Node root = new Node();
  private byte[] file = new byte[1 << 16];
  private int end;

  /** An empty group. */
  public Hdf5Builder group(String path) {
    node(path);
    return this;
  }

  /** Float32, contiguous. */
  public Hdf5Builder floats(String path, float[] values, int... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return raw(path, floatType(4), bytes.array(), shape);
  }

  /** Float64, contiguous. */
  public Hdf5Builder doubles(String path, double[] values, int... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(values);
    return raw(path, floatType(8), bytes.array(), shape);
  }

  /** Int64, contiguous. */
  public Hdf5Builder longs(String path, long[] values, int... shape) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return raw(path, integerType(8), bytes.array(), shape);
  }

  /** Float32 in chunks, packed by gzip if asked. */
  public Hdf5Builder chunked(String path, float[] values, int[] shape, int[] chunk, boolean gzip) {
    floats(path, values, shape);
    Node node = node(path);
    node.chunk = chunk;
    node.gzip = gzip;
    return this;
  }

  /** Elements of any type: an encoded datatype message. */
  public Hdf5Builder raw(String path, byte[] datatype, byte[] data, int... shape) {
    Node node = node(path);
    node.datatype = datatype;
    node.data = data;
    node.shape = shape;
    return this;
  }

  /** A soft link. */
  public Hdf5Builder softLink(String path, String target) {
    node(path).softLink = target;
    return this;
  }

  /** A text of variable length; path "" is the root. */
  public Hdf5Builder text(String path, String name, String value) {
    return attribute(path, name, variableTextType(), List.of(value), new int[0]);
  }

  /** Texts of fixed length, padded with zeros, as numpy writes bytes. */
  public Hdf5Builder texts(String path, String name, List<String> values) {
    int width = 1;
    for (String value : values) {
      width = Math.max(width, value.getBytes(StandardCharsets.UTF_8).length);
    }
    ByteBuffer bytes = ByteBuffer.allocate(width * values.size());
    for (int i = 0; i < values.size(); i++) {
      bytes.put(i * width, values.get(i).getBytes(StandardCharsets.UTF_8));
    }
    byte[] type = type(3, 1, width, new byte[0]);
    return attribute(path, name, type, bytes.array(), new int[] {values.size()});
  }

  /** Texts of variable length. */
  public Hdf5Builder variableTexts(String path, String name, List<String> values) {
    return attribute(path, name, variableTextType(), List.copyOf(values), new int[] {values.size()});
  }

  /** The empty float64 array that Keras writes for no names. */
  public Hdf5Builder emptyNames(String path, String name) {
    return attribute(path, name, floatType(8), new byte[0], new int[] {0});
  }

  /** Whole numbers. */
  public Hdf5Builder integers(String path, String name, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return attribute(path, name, integerType(8), bytes.array(), new int[] {values.length});
  }

  /** One text of fixed length, as numpy writes bytes. */
  public Hdf5Builder fixedText(String path, String name, byte[] text) {
    return attribute(path, name, type(3, 1, text.length, new byte[0]), text, new int[0]);
  }

  private Hdf5Builder attribute(String path, String name, byte[] type, Object value, int[] shape) {
    Node node = node(path);
    node.types.put(name, type);
    node.shapes.put(name, shape);
    node.values.put(name, value);
    return this;
  }

  private Node node(String path) {
    Node node = root;
    for (String name : path.split("/")) {
      node = name.isEmpty() ? node : node.children.computeIfAbsent(name, n -> new Node());
    }
    return node;
  }

  /** A float type of 2, 4 or 8 bytes, little-endian. */
  public static byte[] floatType(int size) {
    int exponent = size == 2 ? 5 : size == 4 ? 8 : 11;
    int mantissa = 8 * size - 1 - exponent;
    ByteBuffer rest = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    rest.putShort((short) 0).putShort((short) (8 * size));
    rest.put((byte) mantissa).put((byte) exponent).put((byte) 0).put((byte) mantissa);
    rest.putInt((1 << exponent - 1) - 1);
    return type(1, 0x20 | 8 * size - 1 << 8, size, rest.array());
  }

  /** A signed integer type, little-endian. */
  public static byte[] integerType(int size) {
    ByteBuffer rest = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    rest.putShort((short) 0).putShort((short) (8 * size));
    return type(0, 8, size, rest.array());
  }

  /** Opaque bytes with an empty tag. */
  public static byte[] opaqueType(int size) {
    return type(5, 0, size, new byte[0]);
  }

  private static byte[] variableTextType() {
    return type(9, 0x101, 16, type(3, 0x10, 1, new byte[0]));
  }

  private static byte[] type(int kind, int bits, int size, byte[] rest) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + rest.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0x10 | kind | bits << 8).putInt(size).put(rest);
    return bytes.array();
  }

  /** The whole file. */
  public byte[] build() {
    end = 96;
    long[] group = group(root);
    ByteBuffer head = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    head.order(ByteOrder.BIG_ENDIAN).putLong(0x894844460d0a1a0aL).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(0).put((byte) 0).put((byte) 8).put((byte) 8).put((byte) 0);
    head.putShort((short) GROUP_LEAF).putShort((short) 16).putInt(0);
    head.putLong(0).putLong(UNDEFINED).putLong(end).putLong(UNDEFINED);
    head.putLong(0).putLong(group[0]).putInt(1).putInt(0).putLong(group[1]).putLong(group[2]);
    return Arrays.copyOf(file, end);
  }

  private long put(byte[] bytes) {
    int at = end;
    end = at + (bytes.length + 7 & ~7);
    while (end > file.length) {
      file = Arrays.copyOf(file, file.length * 2);
    }
    System.arraycopy(bytes, 0, file, at, bytes.length);
    return at;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Header, B-tree and heap addresses. */
  private long[] group(Node node) {
    List<Object[]> entries = new ArrayList<>();
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.writeBytes(new byte[8]);
    node.children.forEach((name, child) -> {
      int at = names.size();
      names.writeBytes(name.getBytes(StandardCharsets.UTF_8));
      names.writeBytes(new byte[8 - names.size() % 8]);
      int link = 0;
      if (child.softLink != null) {
        link = names.size();
        names.writeBytes(child.softLink.getBytes(StandardCharsets.UTF_8));
        names.writeBytes(new byte[8 - names.size() % 8]);
      }
      entries.add(new Object[] {(long) at, child, (long) link});
    });
    List<Long> leaves = new ArrayList<>();
    for (int from = 0; from < entries.size(); from += NAMES_IN_LEAF) {
      leaves.add(leaf(entries.subList(from, Math.min(entries.size(), from + NAMES_IN_LEAF))));
    }
    if (leaves.size() > LEAVES) {
      throw new IllegalArgumentException(entries.size() + " names in a group; at most " + LEAVES * NAMES_IN_LEAF);
    }
    long segment = put(names.toByteArray());
    ByteBuffer heap = buffer(32).put("HEAP".getBytes(StandardCharsets.US_ASCII)).putInt(0);
    heap.putLong(names.size()).putLong(1).putLong(segment);
    long heapAddress = put(heap.array());
    ByteBuffer tree = buffer(24 + 33 * 8 + 32 * 8).put("TREE".getBytes(StandardCharsets.US_ASCII));
    tree.put((byte) 0).put((byte) 0).putShort((short) leaves.size()).putLong(UNDEFINED).putLong(UNDEFINED).putLong(0);
    for (int i = 0; i < leaves.size(); i++) {
      tree.putLong(leaves.get(i)).putLong((long) entries.get(Math.min(entries.size(), (i + 1) * NAMES_IN_LEAF) - 1)[0]);
    }
    long treeAddress = put(tree.array());
    List<byte[]> messages = new ArrayList<>();
    messages.add(message(0x11, buffer(16).putLong(treeAddress).putLong(heapAddress).array()));
    attributes(node, messages);
    return new long[] {header(messages), treeAddress, heapAddress};
  }

  private long leaf(List<Object[]> entries) {
    ByteBuffer symbols = buffer(8 + 40 * NAMES_IN_LEAF);
    symbols.put("SNOD".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0).putShort((short) entries.size());
    for (Object[] entry : entries) {
      Node child = (Node) entry[1];
      long address = child.softLink != null ? UNDEFINED : child.datatype == null ? group(child)[0] : dataset(child);
      symbols.putLong((long) entry[0]).putLong(address).putInt(child.softLink == null ? 0 : 2).putInt(0);
      symbols.putLong((long) entry[2]).putLong(0);
    }
    return put(symbols.array());
  }

  private long dataset(Node node) {
    List<byte[]> messages = new ArrayList<>();
    messages.add(message(1, dataspace(node.shape)));
    messages.add(message(3, node.datatype));
    messages.add(message(5, new byte[] {2, 2, 1, 0}));
    if (node.chunk == null) {
      long address = node.data.length == 0 ? UNDEFINED : put(node.data);
      messages.add(message(8, buffer(18).put((byte) 3).put((byte) 1).putLong(address).putLong(node.data.length).array()));
    } else {
      ByteBuffer layout = buffer(11 + 4 * node.shape.length + 4).put((byte) 3).put((byte) 2);
      layout.put((byte) (node.shape.length + 1)).putLong(chunks(node));
      for (int size : node.chunk) {
        layout.putInt(size);
      }
      messages.add(message(8, layout.putInt(4).array()));
      if (node.gzip) {
        ByteBuffer filter = buffer(24).put((byte) 1).put((byte) 1).putShort((short) 0).putInt(0);
        messages.add(message(11, filter.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 1)
            .putInt(6).putInt(0).array()));
      }
    }
    attributes(node, messages);
    return header(messages);
  }

  private long chunks(Node node) {
    int rank = node.shape.length;
    List<int[]> corners = new ArrayList<>();
    int[] corner = new int[rank];
    boolean more = true;
    while (more) {
      corners.add(corner.clone());
      more = false;
      for (int axis = rank - 1; axis >= 0 && !more; axis--) {
        corner[axis] += node.chunk[axis];
        more = corner[axis] < node.shape[axis];
        corner[axis] = more ? corner[axis] : 0;
      }
    }
    int key = 8 + 8 * (rank + 1);
    int room = Math.max(64, 2 * corners.size());
    ByteBuffer tree = buffer(24 + (room + 1) * key + room * 8).put("TREE".getBytes(StandardCharsets.US_ASCII));
    tree.put((byte) 1).put((byte) 0).putShort((short) corners.size()).putLong(UNDEFINED).putLong(UNDEFINED);
    for (int[] at : corners) {
      byte[] chunk = chunk(node, at);
      tree.putInt(chunk.length).putInt(0);
      for (int offset : at) {
        tree.putLong(offset);
      }
      tree.putLong(0).putLong(put(chunk));
    }
    tree.putInt(0).putInt(0).putLong(node.shape[0]);
    return put(tree.array());
  }

  private static byte[] chunk(Node node, int[] corner) {
    int size = 4;
    for (int length : node.chunk) {
      size *= length;
    }
    byte[] chunk = new byte[size];
    for (int i = 0; i < size / 4; i++) {
      int from = 0;
      int rest = i;
      boolean inside = true;
      int stride = 1;
      for (int axis = corner.length - 1; axis >= 0; axis--) {
        int at = corner[axis] + rest % node.chunk[axis];
        rest /= node.chunk[axis];
        inside &= at < node.shape[axis];
        from += at * stride;
        stride *= node.shape[axis];
      }
      if (inside) {
        System.arraycopy(node.data, 4 * from, chunk, 4 * i, 4);
      }
    }
    if (!node.gzip) {
      return chunk;
    }
    byte[] packed = new byte[size + 100];
    try (Deflater deflater = new Deflater()) {
      deflater.setInput(chunk);
      deflater.finish();
      return Arrays.copyOf(packed, deflater.deflate(packed));
    }
  }

  private void attributes(Node node, List<byte[]> messages) {
    node.types.forEach((name, type) -> {
      byte[] space = dataspace(node.shapes.get(name));
      byte[] value = node.values.get(name) instanceof List<?> texts ? references(texts) : (byte[]) node.values.get(name);
      byte[] letters = (name + '\0').getBytes(StandardCharsets.UTF_8);
      ByteBuffer message = buffer(8 + pad(letters.length) + pad(type.length) + pad(space.length) + value.length);
      message.put((byte) 1).put((byte) 0).putShort((short) letters.length).putShort((short) type.length);
      message.putShort((short) space.length);
      message.put(8, letters).put(8 + pad(letters.length), type).put(8 + pad(letters.length) + pad(type.length), space);
      message.put(message.capacity() - value.length, value);
      messages.add(message(12, message.array()));
    });
  }

  private byte[] references(List<?> texts) {
    ByteArrayOutputStream objects = new ByteArrayOutputStream();
    for (int i = 0; i < texts.size(); i++) {
      byte[] text = texts.get(i).toString().getBytes(StandardCharsets.UTF_8);
      ByteBuffer object = buffer(16 + pad(text.length)).putShort((short) (i + 1)).putShort((short) 1).putInt(0);
      objects.writeBytes(object.putLong(text.length).put(text).array());
    }
    int size = Math.max(4096, 16 + objects.size() + 16);
    ByteBuffer collection = buffer(size).put("GCOL".getBytes(StandardCharsets.US_ASCII)).putInt(1).putLong(size);
    collection.put(objects.toByteArray()).putShort((short) 0).putShort((short) 0).putInt(0);
    collection.putLong(size - 16 - objects.size());
    long address = put(collection.array());
    ByteBuffer references = buffer(16 * texts.size());
    for (int i = 0; i < texts.size(); i++) {
      int length = texts.get(i).toString().getBytes(StandardCharsets.UTF_8).length;
      references.putInt(length).putLong(address).putInt(i + 1);
    }
    return references.array();
  }

  private static int pad(int length) {
    return length + 7 & ~7;
  }

  private static byte[] dataspace(int[] shape) {
    ByteBuffer space = buffer(8 + 8 * shape.length).put((byte) 1).put((byte) shape.length).putShort((short) 0).putInt(0);
    for (int dim : shape) {
      space.putLong(dim);
    }
    return space.array();
  }

  private static byte[] message(int type, byte[] content) {
    if (content.length > 0xfff0) {
      throw new IllegalArgumentException("a message of " + content.length + " bytes; HDF5 allows 64 KB");
    }
    ByteBuffer message = buffer(8 + pad(content.length)).putShort((short) type).putShort((short) pad(content.length));
    return message.putInt(0).put(content).array();
  }

  private long header(List<byte[]> messages) {
    int size = messages.stream().mapToInt(message -> message.length).sum();
    ByteBuffer header = buffer(16 + size).put((byte) 1).put((byte) 0).putShort((short) messages.size());
    header.putInt(1).putInt(size).putInt(0);
    messages.forEach(header::put);
    return put(header.array());
  }
}
