package dev.posthorn.engine.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/** The index of a TensorFlow checkpoint: keys and messages. Written as one block of data without shared keys. */
record TablePart(List<Entry> entries, byte[] bytes) implements Part {
  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FOOTER = 48;
  private static final int OFFSET = 4;
  private static final int SIZE = 5;
  private static final int CHECKSUM = 6;
  private static final ProtobufPart NOTHING = new ProtobufPart(List.of());

  /** A key, and a message as the table has it. */
  record Entry(byte[] key, byte[] value) {}

  static TablePart of(byte[] file) {
    ByteBuffer footer = ByteBuffer.wrap(file, file.length - FOOTER, FOOTER);
    varint(footer);
    varint(footer);
    List<Entry> entries = new ArrayList<>();
    for (Entry block : block(file, footer)) {
      entries.addAll(block(file, ByteBuffer.wrap(block.value())));
    }
    return written(entries);
  }

  private static List<Entry> block(byte[] file, ByteBuffer handle) {
    int from = (int) varint(handle);
    int size = (int) varint(handle);
    ByteBuffer in = ByteBuffer.wrap(file, from, size).slice().order(ByteOrder.LITTLE_ENDIAN);
    int restarts = in.getInt(size - 4);
    in.limit(size - 4 * (restarts + 1));
    List<Entry> entries = new ArrayList<>();
    byte[] before = {};
    while (in.hasRemaining()) {
      int shared = (int) varint(in);
      byte[] key = Arrays.copyOf(before, shared + (int) varint(in));
      byte[] value = new byte[(int) varint(in)];
      in.get(key, shared, key.length - shared);
      in.get(value);
      entries.add(new Entry(key, value));
      before = key;
    }
    return entries;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      next = in.get();
      value |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }

  private static TablePart written(List<Entry> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] data = append(out, entries);
    byte[] statistics = append(out, List.of());
    byte[] index = append(out, List.of(new Entry(new byte[] {(byte) 0x7f}, data)));
    ByteBuffer footer = ByteBuffer.allocate(FOOTER).order(ByteOrder.LITTLE_ENDIAN);
    footer.put(statistics).put(index).putLong(FOOTER - Long.BYTES, MAGIC);
    out.writeBytes(footer.array());
    return new TablePart(List.copyOf(entries), out.toByteArray());
  }

  /** Writes a block and returns its handle. */
  private static byte[] append(ByteArrayOutputStream out, List<Entry> entries) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (Entry entry : entries) {
      ProtobufPart.put(block, 0);
      ProtobufPart.put(block, entry.key().length);
      ProtobufPart.put(block, entry.value().length);
      block.writeBytes(entry.key());
      block.writeBytes(entry.value());
    }
    block.writeBytes(new byte[] {0, 0, 0, 0, 1, 0, 0, 0, 0});
    ByteArrayOutputStream handle = new ByteArrayOutputStream();
    ProtobufPart.put(handle, out.size());
    ProtobufPart.put(handle, block.size() - 1);
    out.writeBytes(block.toByteArray());
    out.writeBytes(littleEndian(masked(block.toByteArray())));
    return handle.toByteArray();
  }

  private static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  @Override
  public TablePart mutated(SplittableRandom random) {
    List<Entry> copy = new ArrayList<>(entries);
    int at = random.nextInt(copy.size());
    Entry entry = copy.get(at);
    switch (random.nextInt(10)) {
      case 0 -> copy.remove(at);
      case 1 -> copy.add(at, new Entry((new String(entry.key(), StandardCharsets.UTF_8) + "0").getBytes(StandardCharsets.UTF_8), entry.value()));
      case 2 -> copy.set(at, new Entry(BlobPart.mutated(entry.key(), random), entry.value()));
      case 3, 4 -> copy.set(at, new Entry(entry.key(), copy.get(random.nextInt(copy.size())).value()));
      case 5 -> copy.set(at, new Entry(entry.key(), BlobPart.mutated(entry.value(), random)));
      default -> {
        Part message = ProtobufPart.of(entry.value()).<Part>map(m -> m).orElseGet(() -> new BlobPart(entry.value()));
        copy.set(at, new Entry(entry.key(), message.mutated(random).bytes()));
      }
    }
    return written(copy);
  }

  /** The index with the checksums of that data, as far as its entries still lead to some. */
  TablePart fitting(byte[] data) {
    return written(entries.stream().map(entry -> fitting(entry, data)).toList());
  }

  private static Entry fitting(Entry entry, byte[] data) {
    ProtobufPart message = ProtobufPart.of(entry.value()).orElse(NOTHING);
    long offset = number(message, OFFSET);
    long size = number(message, SIZE);
    boolean text = number(message, 1) == 7;
    if (offset < 0 || size <= 0 || offset > data.length || size > data.length - offset) {
      return entry;
    }
    byte[] bytes = Arrays.copyOfRange(data, (int) offset, (int) (offset + size));
    byte[] checked = text ? texts(bytes) : bytes;
    List<ProtobufPart.Field> fields = new ArrayList<>();
    for (ProtobufPart.Field field : message.fields()) {
      boolean checksum = field.number() == CHECKSUM && field.wire() == 5 && checked != null;
      fields.add(checksum ? new ProtobufPart.Field(CHECKSUM, 5, littleEndian(masked(checked))) : field);
    }
    return new Entry(entry.key(), new ProtobufPart(fields).bytes());
  }

  /** What the checksum of one text covers; null if it is not one text. */
  private static byte[] texts(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      long length = varint(in);
      if (length != in.remaining() - 4) {
        return null;
      }
      byte[] covered = new byte[4 + in.remaining()];
      System.arraycopy(littleEndian((int) length), 0, covered, 0, 4);
      in.get(covered, 4, in.remaining());
      return covered;
    } catch (java.nio.BufferUnderflowException e) {
      return null;
    }
  }

  private static long number(ProtobufPart message, int number) {
    for (ProtobufPart.Field field : message.fields()) {
      if (field.number() == number && field.value() instanceof Long value) {
        return value;
      }
    }
    return 0;
  }

  /** The object graph within the data of a checkpoint, changed; it is put behind all other data. */
  Changed objectGraph(byte[] data, SplittableRandom random) {
    for (int i = 0; i < entries.size(); i++) {
      ProtobufPart message = ProtobufPart.of(entries.get(i).value()).orElse(NOTHING);
      long offset = number(message, OFFSET);
      long size = number(message, SIZE);
      boolean graph = new String(entries.get(i).key(), StandardCharsets.UTF_8).equals("_CHECKPOINTABLE_OBJECT_GRAPH");
      if (graph && size > 8 && offset >= 0 && offset <= data.length && size <= data.length - offset) {
        byte[] text = texts(Arrays.copyOfRange(data, (int) offset, (int) (offset + size)));
        Optional<ProtobufPart> objects = text == null ? Optional.empty() : ProtobufPart.of(Arrays.copyOfRange(text, 8, text.length));
        if (objects.isPresent()) {
          return replaced(i, message, data, objects.get().mutated(random).bytes());
        }
      }
    }
    return new Changed(this, data);
  }

  private Changed replaced(int at, ProtobufPart message, byte[] data, byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(data);
    ProtobufPart.put(out, text.length);
    out.writeBytes(littleEndian(masked(littleEndian(text.length))));
    out.writeBytes(text);
    List<ProtobufPart.Field> fields = new ArrayList<>(message.fields());
    fields.removeIf(field -> field.number() == OFFSET || field.number() == SIZE);
    fields.add(new ProtobufPart.Field(OFFSET, 0, (long) data.length));
    fields.add(new ProtobufPart.Field(SIZE, 0, (long) out.size() - data.length));
    List<Entry> copy = new ArrayList<>(entries);
    copy.set(at, new Entry(entries.get(at).key(), new ProtobufPart(fields).bytes()));
    return new Changed(written(copy), out.toByteArray());
  }

  /** An index and its data. */
  record Changed(TablePart index, byte[] data) {}
}
