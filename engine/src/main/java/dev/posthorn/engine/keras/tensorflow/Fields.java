package dev.posthorn.engine.keras.tensorflow;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.util.Map;

/**
 * The fields of one protobuf message, one after the other. Every length is checked against the bytes that are there,
 * and nothing is copied; a message inside is read when somebody asks. Not thread-safe.
 */
public final class Fields {
  private final Span message;
  private final CodedInputStream in;
  private final String place;
  private int tag;
  private long number;
  private Span bytes;

  /**
   * Begins before the first field.
   *
   * @param place for messages: {@code keras_metadata.pb of m}
   */
  public Fields(Span message, String place) {
    this.message = message;
    this.in = CodedInputStream.newInstance(message.array(), message.from(), message.length());
    this.place = place;
    this.bytes = message.part(0, 0);
  }

  /**
   * Goes on to the next field; false at the end.
   *
   * @throws InferenceException INVALID_MODEL if the message is damaged
   */
  public boolean next() {
    try {
      tag = in.readTag();
      if (tag == 0) {
        return false;
      }
      switch (WireFormat.getTagWireType(tag)) {
        case WireFormat.WIRETYPE_VARINT -> number = in.readRawVarint64();
        case WireFormat.WIRETYPE_FIXED32 -> number = Integer.toUnsignedLong(in.readRawLittleEndian32());
        case WireFormat.WIRETYPE_FIXED64 -> number = in.readRawLittleEndian64();
        case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
          int length = in.readRawVarint32();
          int start = in.getTotalBytesRead();
          if (length < 0 || length > message.length() - start) {
            throw damaged("field " + number() + " declares " + Integer.toUnsignedString(length) + " bytes", null);
          }
          in.skipRawBytes(length);
          bytes = message.part(start, length);
        }
        default -> throw damaged("field " + number() + " has a type that is not in use", null);
      }
      return true;
    } catch (IOException e) {
      throw damaged(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  /** The field's number. */
  public int number() {
    return WireFormat.getTagFieldNumber(tag);
  }

  /** The value of a field that is a number. */
  public long integer() {
    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      throw damaged("field " + number() + ": expected a number, got bytes", null);
    }
    return number;
  }

  /** The value as an index: from 0 on. */
  public int index() {
    long value = integer();
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw damaged("field " + number() + " is " + value, null);
    }
    return (int) value;
  }

  /** The value of a field that is a text, bytes or a message. */
  public Span bytes() {
    if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      throw damaged("field " + number() + ": expected bytes, got a number", null);
    }
    return bytes;
  }

  /** As {@link #bytes}, as text. */
  public String text() {
    return bytes().text();
  }

  /** The message in this field. */
  public Fields message() {
    return new Fields(bytes(), place);
  }

  /** All numbers of a repeated field: this one, or those packed together. */
  long[] integers() {
    if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      return new long[] {number};
    }
    CodedInputStream packed = CodedInputStream.newInstance(bytes.array(), bytes.from(), bytes.length());
    long[] values = new long[bytes.length()];
    int count = 0;
    try {
      while (!packed.isAtEnd()) {
        values[count++] = packed.readRawVarint64();
      }
    } catch (IOException e) {
      throw damaged("field " + number() + " is truncated", e);
    }
    return java.util.Arrays.copyOf(values, count);
  }

  InferenceException damaged(String problem) {
    return damaged(problem, null);
  }

  private InferenceException damaged(String problem, @org.jspecify.annotations.Nullable Throwable cause) {
    String message = place + " is damaged: " + problem;
    return cause == null
        ? new InferenceException(Reason.INVALID_MODEL, message)
        : new InferenceException(Reason.INVALID_MODEL, Map.of(), message, cause);
  }
}
