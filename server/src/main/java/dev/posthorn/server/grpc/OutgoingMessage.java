package dev.posthorn.server.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An encoded message whose arrays of numbers are turned into bytes only while the transport takes them. Closing it gives
 * its arrays back. One thread.
 */
final class OutgoingMessage extends InputStream implements KnownLength, Drainable {
  private static final int CHUNK = 8 << 10;

  /** A piece of a message. */
  sealed interface Part {
    int size();
  }

  record Bytes(byte[] array, int size) implements Part {}

  record Floats(float[] array, int count) implements Part {
    @Override
    public int size() {
      return 4 * count;
    }
  }

  record Doubles(double[] array, int count) implements Part {
    @Override
    public int size() {
      return 8 * count;
    }
  }

  private final List<Part> parts;
  private final int length;
  private @Nullable Runnable whenClosed;
  private @Nullable ByteArrayInputStream copy;
  private boolean drained;

  /** A message of these parts; {@code whenClosed} runs once, when nobody needs them any more. */
  OutgoingMessage(List<Part> parts, @Nullable Runnable whenClosed) {
    this.parts = parts;
    this.whenClosed = whenClosed;
    int size = 0;
    for (Part part : parts) {
      size = Math.addExact(size, part.size());
    }
    this.length = size;
  }

  /** Bytes of the whole message. */
  int length() {
    return length;
  }

  @Override
  public int drainTo(OutputStream out) throws IOException {
    if (copy != null) {
      return (int) copy.transferTo(out);
    }
    if (drained) {
      return 0;
    }
    drained = true;
    for (Part part : parts) {
      switch (part) {
        case Bytes bytes -> out.write(bytes.array(), 0, bytes.size());
        case Floats floats -> write(floats, out);
        case Doubles doubles -> write(doubles, out);
      }
    }
    return length;
  }

  private static void write(Floats floats, OutputStream out) throws IOException {
    byte[] chunk = new byte[Math.min(CHUNK, floats.size())];
    FloatBuffer view = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int from = 0; from < floats.count(); ) {
      int some = Math.min(floats.count() - from, view.capacity());
      view.clear().put(floats.array(), from, some);
      out.write(chunk, 0, 4 * some);
      from += some;
    }
  }

  private static void write(Doubles doubles, OutputStream out) throws IOException {
    byte[] chunk = new byte[Math.min(CHUNK, doubles.size())];
    DoubleBuffer view = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
    for (int from = 0; from < doubles.count(); ) {
      int some = Math.min(doubles.count() - from, view.capacity());
      view.clear().put(doubles.array(), from, some);
      out.write(chunk, 0, 8 * some);
      from += some;
    }
  }

  @Override
  public int available() {
    return copy != null ? copy.available() : drained ? 0 : length;
  }

  @Override
  public int read() throws IOException {
    return copy().read();
  }

  @Override
  public int read(byte[] into, int from, int count) throws IOException {
    return copy().read(into, from, count);
  }

  /** For transports that read instead of draining: the in-process one. */
  private ByteArrayInputStream copy() throws IOException {
    ByteArrayInputStream current = copy;
    if (current == null) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(length);
      drainTo(bytes);
      current = new ByteArrayInputStream(bytes.toByteArray());
      copy = current;
    }
    return current;
  }

  @Override
  public void close() {
    Runnable last = whenClosed;
    whenClosed = null;
    if (last != null) {
      last.run();
    }
  }
}
