package dev.posthorn.server.grpc;

import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the protobuf wire format from the transport's own buffers; numbers go into arrays without a copy between. One
 * reader for one message, on one thread, while the stream is open.
 */
final class WireReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int START_GROUP = 3;
  static final int END_GROUP = 4;
  static final int FIXED32 = 5;

  private static final int MAX_DEPTH = 100;

  private final List<ByteBuffer> chunks;
  private final int length;
  private int next;
  private ByteBuffer chunk = ByteBuffer.allocate(0);
  private int before;
  private int limit;

  private WireReader(List<ByteBuffer> chunks, int length) {
    this.chunks = chunks;
    this.length = length;
    this.limit = length;
  }

  /** The message is not valid protobuf. */
  static final class Malformed extends IOException {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message);
    }
  }

  static WireReader of(ByteBuffer... buffers) {
    List<ByteBuffer> chunks = new ArrayList<>(buffers.length);
    int length = 0;
    for (ByteBuffer buffer : buffers) {
      chunks.add(buffer.slice().order(ByteOrder.LITTLE_ENDIAN));
      length += buffer.remaining();
    }
    return new WireReader(chunks, length);
  }

  /**
   * A reader of the whole stream.
   *
   * @param most bytes that a message may have once it is inflated
   * @return null if it has more
   */
  static @Nullable WireReader of(InputStream stream, int most) throws IOException {
    if (stream instanceof HasByteBuffer buffers
        && stream instanceof KnownLength
        && buffers.byteBufferSupported()
        && stream.markSupported()) {
      return stream.available() > most ? null : ofBuffers(stream, buffers);
    }
    byte[] bytes = stream.readNBytes(most + 1);
    return bytes.length > most ? null : of(ByteBuffer.wrap(bytes));
  }

  /** The mark keeps the buffers alive until the stream is closed. */
  private static WireReader ofBuffers(InputStream stream, HasByteBuffer buffers) throws IOException {
    stream.mark(Integer.MAX_VALUE);
    List<ByteBuffer> chunks = new ArrayList<>(4);
    int length = stream.available();
    for (int left = length; left > 0; ) {
      ByteBuffer chunk = buffers.getByteBuffer();
      if (chunk == null || !chunk.hasRemaining()) {
        throw new IOException("the transport's buffers end " + left + " bytes early");
      }
      chunks.add(chunk.slice().order(ByteOrder.LITTLE_ENDIAN));
      int size = chunk.remaining();
      for (long skipped = 0; skipped < size; ) {
        skipped += stream.skip(size - skipped);
      }
      left -= size;
    }
    return new WireReader(chunks, length);
  }

  /** Bytes of the message. */
  int length() {
    return length;
  }

  private int position() {
    return before + chunk.position();
  }

  /** Bytes up to the end of the message, or of the field that was entered last. */
  int remaining() {
    return limit - position();
  }

  /** Reads the length of a field and makes its end the limit; the result is for {@link #leave}. */
  int enter() throws Malformed {
    int size = size();
    int outer = limit;
    limit = position() + size;
    return outer;
  }

  void leave(int outer) throws Malformed {
    if (remaining() != 0) {
      throw new Malformed("a field ends within another");
    }
    limit = outer;
  }

  /** The length of a field whose contents follow. */
  int size() throws Malformed {
    long size = varint() & 0xFFFF_FFFFL;
    if (size > remaining()) {
      throw new Malformed("a field of " + size + " bytes where " + remaining() + " are left");
    }
    return (int) size;
  }

  /** The next field's tag; 0 at the limit. */
  int tag() throws Malformed {
    if (remaining() == 0) {
      return 0;
    }
    int tag = (int) varint();
    if (tag >>> 3 == 0) {
      throw new Malformed("field number 0");
    }
    return tag;
  }

  private boolean advance() {
    if (next == chunks.size()) {
      return false;
    }
    before += chunk.limit();
    chunk = chunks.get(next++);
    return true;
  }

  private byte octet() throws Malformed {
    if (remaining() <= 0) {
      throw new Malformed("the message is cut off");
    }
    while (!chunk.hasRemaining() && advance()) {
      // an empty chunk
    }
    return chunk.get();
  }

  long varint() throws Malformed {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte octet = octet();
      value |= (long) (octet & 0x7F) << shift;
      if (octet >= 0) {
        return value;
      }
    }
    throw new Malformed("a varint of more than 10 bytes");
  }

  int fixed32() throws Malformed {
    if (chunk.remaining() >= 4 && remaining() >= 4) {
      return chunk.getInt();
    }
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value |= (octet() & 0xFF) << 8 * i;
    }
    return value;
  }

  long fixed64() throws Malformed {
    return fixed32() & 0xFFFF_FFFFL | (long) fixed32() << 32;
  }

  /** Reads that many floats, which must be there. */
  void floats(float[] into, int from, int count) throws Malformed {
    require(4L * count);
    while (count > 0) {
      int whole = Math.min(count, chunk.remaining() / 4);
      if (whole == 0) {
        into[from++] = Float.intBitsToFloat(fixed32());
        count--;
      } else {
        chunk.asFloatBuffer().get(into, from, whole);
        chunk.position(chunk.position() + 4 * whole);
        from += whole;
        count -= whole;
      }
    }
  }

  void doubles(double[] into, int from, int count) throws Malformed {
    require(8L * count);
    while (count > 0) {
      int whole = Math.min(count, chunk.remaining() / 8);
      if (whole == 0) {
        into[from++] = Double.longBitsToDouble(fixed64());
        count--;
      } else {
        chunk.asDoubleBuffer().get(into, from, whole);
        chunk.position(chunk.position() + 8 * whole);
        from += whole;
        count -= whole;
      }
    }
  }

  byte[] bytes(int count) throws Malformed {
    require(count);
    byte[] bytes = new byte[count];
    for (int from = 0; from < count; ) {
      int some = Math.min(count - from, chunk.remaining());
      chunk.get(bytes, from, some);
      from += some;
      if (from < count) {
        advance();
      }
    }
    return bytes;
  }

  String string() throws Malformed {
    byte[] bytes = bytes(size());
    boolean ascii = true;
    for (byte octet : bytes) {
      ascii &= octet >= 0;
    }
    if (ascii) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("a string that is not UTF-8");
    }
  }

  private void require(long count) throws Malformed {
    if (count > remaining()) {
      throw new Malformed("the message is cut off");
    }
  }

  private void skipBytes(int count) throws Malformed {
    require(count);
    while (count > 0) {
      int some = Math.min(count, chunk.remaining());
      chunk.position(chunk.position() + some);
      count -= some;
      if (count > 0) {
        advance();
      }
    }
  }

  /** Passes over the contents of a field that nobody wants. */
  void skip(int tag) throws Malformed {
    skip(tag, 0);
  }

  private void skip(int tag, int depth) throws Malformed {
    switch (tag & 7) {
      case VARINT -> varint();
      case FIXED64 -> skipBytes(8);
      case BYTES -> skipBytes(size());
      case FIXED32 -> skipBytes(4);
      case START_GROUP -> skipGroup(tag, depth);
      default -> throw new Malformed("wire type " + (tag & 7) + " in field " + (tag >>> 3));
    }
  }

  private void skipGroup(int start, int depth) throws Malformed {
    if (depth >= MAX_DEPTH) {
      throw new Malformed("groups nested too deeply");
    }
    while (true) {
      int tag = tag();
      if (tag == 0) {
        throw new Malformed("a group without end");
      }
      if ((tag & 7) == END_GROUP) {
        if (tag >>> 3 != start >>> 3) {
          throw new Malformed("a group ends as another");
        }
        return;
      }
      skip(tag, depth + 1);
    }
  }
}
