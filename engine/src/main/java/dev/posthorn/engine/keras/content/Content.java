package dev.posthorn.engine.keras.content;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** Bytes that can be read at any place: a file, a part of one, or what was in memory already. Thread-safe. */
public sealed interface Content permits Content.Memory, FileContent, Content.Part {
  /** No piece that {@link #each} gives is longer; all but the last have a multiple of eight bytes. */
  int PIECE = 256 << 10;

  int size();

  /**
   * Bytes for looking at, little-endian and read-only.
   *
   * @throws IndexOutOfBoundsException outside of the content
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL if the file cannot be read any more
   */
  ByteBuffer view(int offset, int length);

  /** How many bytes from there on a view gives for nothing: all that are in memory, few of a file. */
  int window(int offset);

  /**
   * Reads a long run of bytes, one piece after the other. A piece is little-endian, read-only, and the taker's only until
   * it returns; the taker reads nothing else of this content meanwhile.
   *
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL if the file cannot be read any more
   */
  void each(int offset, int length, Consumer<ByteBuffer> taker);

  default Content part(int offset, int length) {
    java.util.Objects.checkFromIndexSize(offset, length, size());
    return new Part(this, offset, length);
  }

  /** All bytes, as an array that is the caller's. */
  default byte[] copy() {
    byte[] bytes = new byte[size()];
    int[] at = {0};
    each(0, size(), piece -> {
      int length = piece.remaining();
      piece.get(bytes, at[0], length);
      at[0] += length;
    });
    return bytes;
  }

  static Content of(ByteBuffer bytes) {
    return new Memory(bytes.slice().asReadOnlyBuffer());
  }

  static Content of(byte[] bytes) {
    return of(ByteBuffer.wrap(bytes));
  }

  /** Bytes in memory. */
  record Memory(ByteBuffer bytes) implements Content {
    @Override
    public int size() {
      return bytes.limit();
    }

    @Override
    public ByteBuffer view(int offset, int length) {
      return bytes.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public int window(int offset) {
      return size() - offset;
    }

    @Override
    public void each(int offset, int length, Consumer<ByteBuffer> taker) {
      for (int done = 0; done < length; done += PIECE) {
        taker.accept(view(offset + done, Math.min(PIECE, length - done)));
      }
    }
  }

  /** A run of another content's bytes. */
  record Part(Content whole, int from, int size) implements Content {
    @Override
    public ByteBuffer view(int offset, int length) {
      java.util.Objects.checkFromIndexSize(offset, length, size);
      return whole.view(from + offset, length);
    }

    @Override
    public int window(int offset) {
      return Math.min(size - offset, whole.window(from + offset));
    }

    @Override
    public void each(int offset, int length, Consumer<ByteBuffer> taker) {
      java.util.Objects.checkFromIndexSize(offset, length, size);
      whole.each(from + offset, length, taker);
    }

    @Override
    public Content part(int offset, int length) {
      java.util.Objects.checkFromIndexSize(offset, length, size);
      return new Part(whole, from + offset, length);
    }
  }
}
