package dev.posthorn.server.grpc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the protobuf wire format; as proto3 does, it leaves out what has its default value. */
final class MessageWriter {
  private final List<OutgoingMessage.Part> parts = new ArrayList<>(4);
  private byte[] bytes;
  private int size;

  MessageWriter(int capacity) {
    bytes = new byte[capacity];
  }

  /** Bytes since the last array of numbers. */
  int size() {
    return size;
  }

  private void octet(int value) {
    if (size == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * size);
    }
    bytes[size++] = (byte) value;
  }

  void varint(long value) {
    while ((value & ~0x7FL) != 0) {
      octet((int) (value & 0x7F | 0x80));
      value >>>= 7;
    }
    octet((int) value);
  }

  void tag(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  void integer(int field, long value) {
    if (value != 0) {
      tag(field, WireReader.VARINT);
      varint(value);
    }
  }

  void string(int field, String value) {
    if (!value.isEmpty()) {
      bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** A length and that many bytes, also if there are none. */
  void bytes(int field, byte[] value) {
    tag(field, WireReader.BYTES);
    varint(value.length);
    raw(value, value.length);
  }

  private void raw(byte[] value, int count) {
    if (size + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + count));
    }
    System.arraycopy(value, 0, bytes, size, count);
    size += count;
  }

  /** Everything that another writer holds. */
  void append(MessageWriter other) {
    raw(other.bytes, other.size);
  }

  /** An array of numbers, which must stay as it is until the message is closed. */
  void part(OutgoingMessage.Part numbers) {
    parts.add(new OutgoingMessage.Bytes(bytes, size));
    parts.add(numbers);
    bytes = new byte[32];
    size = 0;
  }

  OutgoingMessage message(@Nullable Runnable whenClosed) {
    parts.add(new OutgoingMessage.Bytes(bytes, size));
    return new OutgoingMessage(parts, whenClosed);
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }
}
