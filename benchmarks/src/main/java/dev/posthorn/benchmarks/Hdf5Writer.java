package dev.posthorn.benchmarks;

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

/**
 * Writes the HDF5 that h5py writes for Keras, as far as a measurement needs it: groups of at most 32 names, contiguous
 * float32 arrays, attributes of fixed texts.
 */
final class Hdf5Writer {
  private static final int NAMES = 32;

  private static final class Node {
    final Map<String, Node> children = new TreeMap<>();
    final Map<String, String[]> texts = new LinkedHashMap<>();
    float[] values = new float[0];
    int[] shape = new int[0];
    boolean isArray;
  }

  private final Node root = new Node();
  private byte[] file = new byte[128 << 20];
  private int end;

  void floats(String path, float[] values, int... shape) {
    Node node = node(path);
    node.values = values;
    node.shape = shape;
    node.isArray = true;
  }

  void text(String path, String name, String... values) {
    node(path).texts.put(name, values);
  }

  private Node node(String path) {
    Node node = root;
    for (String name : path.split("/")) {
      node = name.isEmpty() ? node : node.children.computeIfAbsent(name, n -> new Node());
    }
    return node;
  }

  byte[] bytes() {
    end = 96;
    long[] group = group(root);
    ByteBuffer head = ByteBuffer.wrap(file);
    head.putLong(0x894844460d0a1a0aL).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(0).put((byte) 0).put((byte) 8).put((byte) 8).put((byte) 0);
    head.putShort((short) 16).putShort((short) 16).putInt(0).putLong(0).putLong(-1).putLong(end).putLong(-1);
    head.putLong(0).putLong(group[0]).putInt(1).putInt(0).putLong(group[1]).putLong(group[2]);
    return Arrays.copyOf(file, end);
  }

  private long put(byte[] bytes) {
    int at = end;
    end = at + (bytes.length + 7 & ~7);
    while (end > file.length) {
      file = Arrays.copyOf(file, 2 * file.length);
    }
    System.arraycopy(bytes, 0, file, at, bytes.length);
    return at;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Addresses of the header, the tree and the heap. */
  private long[] group(Node node) {
    ByteArrayOutputStream names = new ByteArrayOutputStream();
    names.writeBytes(new byte[8]);
    ByteBuffer symbols = buffer(8 + 40 * NAMES).put(ascii("SNOD")).put((byte) 1).put((byte) 0);
    symbols.putShort((short) node.children.size());
    int last = 0;
    for (Map.Entry<String, Node> child : node.children.entrySet()) {
      last = names.size();
      names.writeBytes(ascii(child.getKey()));
      names.writeBytes(new byte[8 - names.size() % 8]);
      long address = child.getValue().isArray ? array(child.getValue()) : group(child.getValue())[0];
      symbols.putLong(last).putLong(address).putLong(0).putLong(0).putLong(0);
    }
    long leaf = put(symbols.array());
    long segment = put(names.toByteArray());
    long heap = put(buffer(32).put(ascii("HEAP")).putInt(0).putLong(names.size()).putLong(1).putLong(segment).array());
    ByteBuffer tree = buffer(24 + 65 * 8).put(ascii("TREE")).put((byte) 0).put((byte) 0);
    tree.putShort((short) (node.children.isEmpty() ? 0 : 1)).putLong(-1).putLong(-1).putLong(0).putLong(leaf).putLong(last);
    long treeAddress = put(tree.array());
    List<byte[]> messages = new ArrayList<>();
    messages.add(message(0x11, buffer(16).putLong(treeAddress).putLong(heap).array()));
    node.texts.forEach((name, values) -> messages.add(message(12, attribute(name, values))));
    return new long[] {header(messages), treeAddress, heap};
  }

  private long array(Node node) {
    ByteBuffer data = buffer(4 * node.values.length);
    data.asFloatBuffer().put(node.values);
    long address = put(data.array());
    ByteBuffer type = buffer(20).putInt(0x11 | 0x1f20 << 8).putInt(4).putShort((short) 0).putShort((short) 32);
    type.put((byte) 23).put((byte) 8).put((byte) 0).put((byte) 23).putInt(127);
    ByteBuffer layout = buffer(18).put((byte) 3).put((byte) 1).putLong(address).putLong(data.capacity());
    return header(
        List.of(
            message(1, dataspace(node.shape)),
            message(3, type.array()),
            message(5, new byte[] {2, 2, 1, 0}),
            message(8, layout.array())));
  }

  private static byte[] attribute(String name, String[] values) {
    int width = Arrays.stream(values).mapToInt(String::length).max().orElse(0) + 1;
    byte[] letters = ascii(name + '\0');
    byte[] space = dataspace(values.length == 1 && !name.endsWith("names") ? new int[0] : new int[] {values.length});
    ByteBuffer message = buffer(8 + pad(letters.length) + 8 + space.length + width * values.length);
    message.put((byte) 1).put((byte) 0).putShort((short) letters.length).putShort((short) 8).putShort((short) space.length);
    message.put(8, letters).position(8 + pad(letters.length));
    message.putInt(0x13 | 1 << 8).putInt(width).put(space);
    for (String value : values) {
      message.put(Arrays.copyOf(ascii(value), width));
    }
    return message.array();
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
