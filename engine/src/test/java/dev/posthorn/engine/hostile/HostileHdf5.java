package dev.posthorn.engine.hostile;

import dev.posthorn.engine.keras.hdf5.Hdf5Builder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** HDF5 files whose structures run in circles, lie about their size, or unpack to far more than they are. */
final class HostileHdf5 {
  private static final String CONFIG =
      "{\"module\": \"keras\", \"class_name\": \"Sequential\", \"config\": {\"name\": \"s\", \"layers\": [{\"class_name\": \"InputLayer\","
          + " \"config\": {\"name\": \"x\", \"batch_shape\": [null, 4]}}, {\"module\": \"keras.layers\", \"class_name\": \"Dense\","
          + " \"config\": {\"name\": \"dense\", \"units\": UNITS, \"use_bias\": false}}]}}";
  private static final String KERNEL = "layers/dense/vars/0";

  private final Map<String, byte[]> files = new LinkedHashMap<>();

  private HostileHdf5() {}

  /** Whole {@code .keras} files by a name that begins with what is expected. */
  static Map<String, byte[]> all() {
    HostileHdf5 made = new HostileHdf5();
    made.circles();
    made.lies();
    made.bombs();
    return made.files;
  }

  private void add(String name, int units, byte[] weights) {
    byte[] config = CONFIG.replace("UNITS", Integer.toString(units)).getBytes(StandardCharsets.UTF_8);
    files.put(name + ".keras", RawZip.of("config.json", config, "model.weights.h5", weights));
  }

  private static byte[] good() {
    return new Hdf5Builder().floats(KERNEL, new float[12], 4, 3).build();
  }

  private static byte[] chunked() {
    return new Hdf5Builder().chunked(KERNEL, new float[12], new int[] {4, 3}, new int[] {2, 2}, true).build();
  }

  /** The places of a signature, from the end to the beginning: the root's comes first. */
  private static int[] places(byte[] file, String signature) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    return java.util.stream.IntStream.iterate(text.lastIndexOf(signature), at -> at >= 0, at -> text.lastIndexOf(signature, at - 1)).toArray();
  }

  private static byte[] with(byte[] file, int at, int width, long value) {
    byte[] copy = file.clone();
    ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    switch (width) {
      case 1 -> bytes.put(at, (byte) value);
      case 2 -> bytes.putShort(at, (short) value);
      case 4 -> bytes.putInt(at, (int) value);
      default -> bytes.putLong(at, value);
    }
    return copy;
  }

  private void circles() {
    byte[] file = good();
    add("load-good", 3, file);
    add("load-good-chunked", 3, chunked());
    int[] trees = places(file, "TREE");
    for (int i = 0; i < trees.length; i++) {
      add("refuse-tree-of-itself-" + i, 3, with(with(file, trees[i] + 5, 1, 1), trees[i] + 32, 8, trees[i]));
      add("refuse-tree-of-itself-deep-" + i, 3, with(with(file, trees[i] + 5, 1, 255), trees[i] + 32, 8, trees[i]));
      add("refuse-tree-of-root-" + i, 3, with(with(file, trees[i] + 5, 1, 1), trees[i] + 32, 8, trees[0]));
    }
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    long root = bytes.getLong(64);
    for (int node : places(file, "SNOD")) {
      add("refuse-group-of-root-" + node, 3, with(file, node + 8 + 8, 8, root));
    }
    byte[] chunks = chunked();
    for (int tree : places(chunks, "TREE")) {
      if (chunks[tree + 4] == 1) {
        add("refuse-chunks-of-itself", 3, with(with(chunks, tree + 5, 1, 1), tree + 24 + 32, 8, tree));
        add("refuse-chunks-65535", 3, with(chunks, tree + 6, 2, 65_535));
        add("refuse-chunk-of-2-31", 3, with(chunks, tree + 24, 4, Integer.MAX_VALUE));
        add("refuse-chunk-beyond", 3, with(chunks, tree + 24 + 32, 8, Long.MAX_VALUE));
        add("either-chunk-twice", 3, with(chunks, tree + 24 + 32, 8, bytes(chunks, tree + 24 + 32 + 40)));
      }
    }
  }

  private static long bytes(byte[] file, int at) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
  }

  private void lies() {
    byte[] file = good();
    for (int node : places(file, "SNOD")) {
      add("refuse-symbols-65535-" + node, 3, with(file, node + 6, 2, 65_535));
      add("refuse-name-" + node, 3, with(file, node + 8, 8, Long.MIN_VALUE));
      add("refuse-header-" + node, 3, with(file, node + 16, 8, file.length - 1));
    }
    for (int heap : places(file, "HEAP")) {
      add("refuse-heap-size-" + heap, 3, with(file, heap + 8, 8, Long.MAX_VALUE));
      add("refuse-heap-address-" + heap, 3, with(file, heap + 24, 8, -8));
    }
    add("refuse-root", 3, with(file, 64, 8, -1));
    add("refuse-base", 3, with(file, 40, 8, Long.MAX_VALUE));
    int dims = new String(file, StandardCharsets.ISO_8859_1).indexOf("\4\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0");
    for (long length : new long[] {0, -1, 5, 1L << 31, 1L << 60, Long.MAX_VALUE}) {
      add("refuse-length-" + length, 3, with(file, dims, 8, length));
    }
    byte[] many = file;
    for (int i = 0; i < 40; i++) {
      many = with(many, dims - 8 + i % 8, 1, 255);
    }
    add("refuse-rank-255", 3, many);
  }

  private void bombs() {
    int wide = 4_000_000;
    byte[] zeros = new Hdf5Builder().chunked(KERNEL, new float[4 * wide], new int[] {4, wide}, new int[] {4, wide / 4}, true).build();
    add("either-zeros-of-64-megabytes", wide, zeros);
    add("refuse-zeros-for-a-small-layer", 3, zeros);
    Hdf5Builder attributes = new Hdf5Builder().floats(KERNEL, new float[12], 4, 3);
    for (int i = 0; i < 3_000; i++) {
      attributes.integers("layers/dense", "a" + i, i);
    }
    add("either-attributes", 3, attributes.build());
    Hdf5Builder wideGroup = new Hdf5Builder().floats(KERNEL, new float[12], 4, 3);
    for (int i = 0; i < 1_000; i++) {
      wideGroup.group("layers/g" + i);
    }
    add("load-many-groups", 3, wideGroup.build());
    StringBuilder deep = new StringBuilder("layers/dense/vars/deep");
    deep.append("/d".repeat(300));
    add("load-deep-groups", 3, new Hdf5Builder().floats(KERNEL, new float[12], 4, 3).group(deep.toString()).build());
  }
}
