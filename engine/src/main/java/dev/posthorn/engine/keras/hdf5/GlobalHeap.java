package dev.posthorn.engine.keras.hdf5;

import java.util.HashMap;
import java.util.Map;

/** Texts of variable length. Format: HDF5 specification, III.E. For one thread. */
final class GlobalHeap {
  private static final int ALIGNMENT = 8;

  private final Image image;
  private final String path;
  private final Map<Long, Map<Integer, long[]>> collections = new HashMap<>();

  GlobalHeap(Image image, String path) {
    this.image = image;
    this.path = path;
  }

  /** The object of that number in the collection at that address. */
  Cursor object(long address, long index) {
    Map<Integer, long[]> collection = collections.computeIfAbsent(address, this::collection);
    long[] place = collection.get((int) Math.min(index, Integer.MAX_VALUE));
    if (place == null) {
      throw image.damaged(path, "the heap at " + address + " has no object " + index);
    }
    return image.at(place[0], place[1], "a text", path);
  }

  private Map<Integer, long[]> collection(long address) {
    Cursor head = image.from(address, "a heap of texts", path).signature("GCOL");
    head.version(1, 1);
    head.skip(3);
    long size = head.length();
    Cursor whole = image.at(address, size, "a heap of texts", path).skip(head.position());
    Map<Integer, long[]> objects = new HashMap<>();
    while (whole.remaining() >= ALIGNMENT + image.lengthWidth()) {
      image.step(path);
      int index = whole.u16();
      whole.skip(6);
      long length = whole.length();
      if (index == 0) {
        break;
      }
      objects.put(index, new long[] {whole.address(), length});
      whole.take(length, "a text");
      whole.align();
    }
    return objects;
  }
}
