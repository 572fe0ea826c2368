package dev.posthorn.engine.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** A protobuf message, taken apart without its schema: bytes that read as a message are one, and those that begin as JSON are that. */
record ProtobufPart(List<Field> fields) implements Part {
  private static final int DEEPEST = 12;
  private static final int HIGHEST_FIELD = 40;

  /** A field; the value is a Long, bytes, a list of fields or a {@link Part}. */
  record Field(int number, int wire, Object value) {}

  static Optional<ProtobufPart> of(byte[] content) {
    return Optional.ofNullable(parse(content, 0)).map(ProtobufPart::new);
  }

  /** The fields of a message; null if it is none. */
  private static List<Field> parse(byte[] content, int depth) {
    ByteBuffer in = ByteBuffer.wrap(content);
    List<Field> fields = new ArrayList<>();
    while (in.hasRemaining()) {
      long tag = varint(in);
      int number = (int) (tag >>> 3);
      int wire = (int) (tag & 7);
      if (tag < 0 || number < 1 || number > HIGHEST_FIELD) {
        return null;
      }
      int length = wire == 1 ? 8 : wire == 5 ? 4 : 0;
      if (wire == 0) {
        fields.add(new Field(number, wire, varint(in)));
        continue;
      }
      long declared = wire == 2 ? varint(in) : length;
      if (wire != 1 && wire != 2 && wire != 5 || declared < 0 || declared > in.remaining()) {
        return null;
      }
      byte[] value = new byte[(int) declared];
      in.get(value);
      fields.add(new Field(number, wire, wire == 2 ? nested(value, depth) : value));
    }
    return fields;
  }

  private static Object nested(byte[] value, int depth) {
    if (value.length > 2 && value[0] == '{' && value[1] == '"') {
      return JsonPart.of(value);
    }
    List<Field> fields = value.length > 1 && depth < DEEPEST ? parse(value, depth + 1) : null;
    return fields == null ? value : fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE && in.hasRemaining(); shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    return -1;
  }

  @Override
  public byte[] bytes() {
    return bytes(fields);
  }

  private static byte[] bytes(List<Field> fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Field field : fields) {
      put(out, (long) field.number() << 3 | field.wire());
      if (field.value() instanceof Long number) {
        put(out, number);
        continue;
      }
      byte[] value = content(field.value());
      if (field.wire() == 2) {
        put(out, value.length);
      }
      out.writeBytes(value);
    }
    return out.toByteArray();
  }

  @SuppressWarnings("unchecked")
  private static byte[] content(Object value) {
    return switch (value) {
      case byte[] raw -> raw;
      case Part part -> part.bytes();
      case List<?> list -> bytes((List<Field>) list);
      default -> throw new IllegalStateException();
    };
  }

  static void put(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  @Override
  public Part mutated(SplittableRandom random) {
    if (random.nextInt(20) == 0) {
      return new BlobPart(BlobPart.mutated(bytes(), random));
    }
    int[] left = {random.nextInt(Math.max(1, count(fields)))};
    return new ProtobufPart(changed(fields, left, random));
  }

  @SuppressWarnings("unchecked")
  private static int count(List<Field> fields) {
    int sum = 0;
    for (Field field : fields) {
      sum += 1 + (field.value() instanceof List<?> list ? count((List<Field>) list) : 0);
    }
    return sum;
  }

  @SuppressWarnings("unchecked")
  private static List<Field> changed(List<Field> fields, int[] left, SplittableRandom random) {
    List<Field> copy = new ArrayList<>();
    for (Field field : fields) {
      int mine = left[0]--;
      if (mine == 0) {
        change(field, fields, copy, random);
      } else if (mine > 0 && field.value() instanceof List<?> list) {
        copy.add(new Field(field.number(), field.wire(), changed((List<Field>) list, left, random)));
      } else {
        copy.add(field);
      }
    }
    return copy;
  }

  private static void change(Field field, List<Field> siblings, List<Field> copy, SplittableRandom random) {
    switch (random.nextInt(6)) {
      case 0 -> { }
      case 1 -> {
        copy.add(field);
        copy.add(field);
      }
      case 2 -> copy.add(new Field(1 + random.nextInt(10), field.wire(), field.value()));
      case 3 -> copy.add(siblings.get(random.nextInt(siblings.size())));
      default -> copy.add(new Field(field.number(), field.wire(), value(field.value(), random)));
    }
  }

  private static Object value(Object value, SplittableRandom random) {
    return switch (value) {
      case Long number -> random.nextBoolean() ? number + random.nextInt(5) - 2 : BlobPart.NASTY[random.nextInt(BlobPart.NASTY.length)];
      case Part part -> part.mutated(random);
      case byte[] raw -> BlobPart.mutated(raw, random);
      default -> BlobPart.mutated(content(value), random);
    };
  }
}
