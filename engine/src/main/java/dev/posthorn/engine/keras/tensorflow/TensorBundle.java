package dev.posthorn.engine.keras.tensorflow;

import dev.posthorn.engine.Budget;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A TensorFlow checkpoint: the index says where in which data file each tensor is, with its type, shape and checksum.
 * Source: tensorflow/core/protobuf/tensor_bundle.proto. Thread-safe if its shards are.
 */
public final class TensorBundle {
  private static final String HEADER = "";
  private static final int STRING = 7;

  /** TensorFlow's numbers of types; {@code types.proto}. */
  private static final Map<Integer, DType> TYPES =
      Map.ofEntries(
          Map.entry(1, DType.FLOAT32),
          Map.entry(2, DType.FLOAT64),
          Map.entry(3, DType.INT32),
          Map.entry(4, DType.UINT8),
          Map.entry(5, DType.INT16),
          Map.entry(6, DType.INT8),
          Map.entry(9, DType.INT64),
          Map.entry(10, DType.BOOL),
          Map.entry(14, DType.BFLOAT16),
          Map.entry(17, DType.UINT16),
          Map.entry(19, DType.FLOAT16),
          Map.entry(22, DType.UINT32));

  /** What the index says of a tensor. */
  private record Entry(int type, List<Long> dims, int shard, long offset, long size, int crc, boolean sliced) {}

  private final Map<String, Span> index;
  private final int count;
  private final Shards shards;
  private final String what;
  private final Budget budget;

  private TensorBundle(Map<String, Span> index, int count, Shards shards, String what, Budget budget) {
    this.index = index;
    this.count = count;
    this.shards = shards;
    this.what = what;
    this.budget = budget;
  }

  /**
   * Opens a checkpoint.
   *
   * @param file the index
   * @throws InferenceException INVALID_MODEL if it is damaged, UNSUPPORTED if its numbers are big endian, TOO_LARGE
   */
  public static TensorBundle open(Span file, Shards shards, String what, Budget budget) {
    Map<String, Span> index = SortedTable.read(file, what, budget);
    Span header = index.get(HEADER);
    if (header == null) {
      throw new InferenceException(Reason.INVALID_MODEL, what + " has no header: it is no TensorFlow checkpoint");
    }
    int count = 0;
    for (Fields fields = new Fields(header, what + ": header"); fields.next(); ) {
      switch (fields.number()) {
        case 1 -> count = fields.index();
        case 2 -> {
          if (fields.integer() != 0) {
            throw new InferenceException(Reason.UNSUPPORTED, what + ": checkpoints in big endian order are not supported");
          }
        }
        default -> {}
      }
    }
    return new TensorBundle(index, count, shards, what, budget);
  }

  public boolean has(String key) {
    return index.containsKey(key);
  }

  /**
   * A tensor whose declared type, shape, size and place were checked.
   *
   * @param key as the index has it
   */
  public record Declared(String key, DType dtype, Shape shape, Entry entry, TensorBundle bundle) {
    /**
     * Reads the elements, little endian and in C order.
     *
     * @throws InferenceException INVALID_MODEL if the data file is missing, too short, or the checksum is wrong
     */
    public ByteBuffer read() {
      return bundle.data(key, entry).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /**
   * Finds a tensor of numbers.
   *
   * @throws InferenceException INVALID_MODEL if the index is damaged there, UNSUPPORTED for types that we do not have and
   *     for partitioned variables, TOO_LARGE
   */
  public Optional<Declared> find(String key) {
    Span value = index.get(key);
    if (value == null || key.equals(HEADER)) {
      return Optional.empty();
    }
    Entry entry = entry(key, value);
    DType type = TYPES.get(entry.type());
    if (type == null || entry.sliced()) {
      throw new InferenceException(
          Reason.UNSUPPORTED,
          place(key) + (entry.sliced() ? " is a partitioned variable" : " has TensorFlow's type " + entry.type())
              + ", which is not supported; expected bool, int8 to int64, uint8 to uint32 or float16 to float64");
    }
    int[] dims = new int[entry.dims().size()];
    long size = type.bytes();
    for (int axis = 0; axis < dims.length; axis++) {
      long dim = entry.dims().get(axis);
      if (dim < 0 || dim > Integer.MAX_VALUE) {
        throw new InferenceException(Reason.INVALID_MODEL, place(key) + ": axis " + axis + " declares " + dim + " elements");
      }
      dims[axis] = (int) dim;
      size = dim != 0 && size > Long.MAX_VALUE / dim ? Long.MAX_VALUE : size * dim;
    }
    if (size != entry.size()) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          place(key) + ": shape " + Shape.of(dims) + " needs " + size + " bytes, but " + entry.size() + " are declared");
    }
    return Optional.of(new Declared(key, type, Shape.of(dims), entry, this));
  }

  /** The bytes of a tensor that is one string. */
  public Optional<Span> string(String key) {
    Span value = index.get(key);
    if (value == null) {
      return Optional.empty();
    }
    Entry entry = entry(key, value);
    if (entry.type() != STRING || !entry.dims().isEmpty() || entry.sliced()) {
      throw new InferenceException(Reason.INVALID_MODEL, place(key) + ": expected one string");
    }
    byte[] bytes = array(stored(key, entry));
    long length = 0;
    int at = 0;
    for (int shift = 0; ; shift += 7) {
      if (at == bytes.length || shift > Integer.SIZE) {
        throw new InferenceException(Reason.INVALID_MODEL, place(key) + " is truncated");
      }
      byte next = bytes[at++];
      length |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        break;
      }
    }
    if (length != (long) bytes.length - at - Integer.BYTES) {
      throw new InferenceException(Reason.INVALID_MODEL, place(key) + ": a string of " + length + " bytes does not fit");
    }
    Span text = new Span(bytes, at + Integer.BYTES, (int) length);
    int lengths = new Checksum().add((int) length).masked();
    Checksum all = new Checksum().add((int) length).add(new Span(bytes, at, Integer.BYTES)).add(text);
    if (lengths != ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at) || all.masked() != entry.crc()) {
      throw mismatch(key);
    }
    return Optional.of(text);
  }

  private Entry entry(String key, Span value) {
    int type = 0;
    int shard = 0;
    long offset = 0;
    long size = 0;
    int crc = 0;
    boolean sliced = false;
    List<Long> dims = new ArrayList<>();
    for (Fields fields = new Fields(value, place(key)); fields.next(); ) {
      switch (fields.number()) {
        case 1 -> type = fields.index();
        case 2 -> dims = TensorShape.read(fields.message());
        case 3 -> shard = fields.index();
        case 4 -> offset = fields.integer();
        case 5 -> size = fields.integer();
        case 6 -> crc = (int) fields.integer();
        case 7 -> sliced = true;
        default -> {}
      }
    }
    if (shard >= count || offset < 0 || size < 0) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          place(key) + " lies at " + offset + " of data file " + shard + " with " + size + " bytes; there are " + count + " files");
    }
    Budget.check("model-bytes", Math.min(budget.bytes(), Integer.MAX_VALUE - 8), size, place(key) + ": bytes of an array");
    return new Entry(type, dims, shard, offset, size, crc, sliced);
  }

  private ByteBuffer stored(String key, Entry entry) {
    ByteBuffer bytes = shards.read(entry.shard(), count, entry.offset(), (int) entry.size());
    if (bytes.remaining() != entry.size()) {
      throw new InferenceException(
          Reason.INVALID_MODEL, place(key) + ": expected " + entry.size() + " bytes, the data file ends after " + bytes.remaining());
    }
    return bytes;
  }

  private ByteBuffer data(String key, Entry entry) {
    ByteBuffer bytes = stored(key, entry);
    if (new Checksum().add(bytes).masked() != entry.crc()) {
      throw mismatch(key);
    }
    return bytes;
  }

  private static byte[] array(ByteBuffer bytes) {
    byte[] array = new byte[bytes.remaining()];
    bytes.get(bytes.position(), array);
    return array;
  }

  private InferenceException mismatch(String key) {
    return new InferenceException(Reason.INVALID_MODEL, place(key) + ": the checksum does not match the content");
  }

  private String place(String key) {
    return what + ": " + key;
  }
}
