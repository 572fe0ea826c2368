package dev.posthorn.engine.keras.content;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A large file, of which only what is asked for is read: structures through a small cache of pages, arrays through one
 * buffer. The file is never mapped: one that is cut while it is mapped ends the process. Thread-safe.
 */
public final class FileContent implements Content {
  private static final int PAGE = 16 << 10;
  private static final int PAGES = 1024;

  /** What a cursor gets at first. */
  private static final int WINDOW = 1 << 10;

  /** An honest file's structures are read a few times at most, bar a few pages. */
  private static final int TIMES = 16;

  private static final int FREE_PAGES = 4096;

  /** Reads at a place, like {@link java.nio.channels.FileChannel#read(ByteBuffer, long)}. */
  @FunctionalInterface
  public interface Reader {
    int read(ByteBuffer to, long position) throws IOException;
  }

  private final Reader reader;
  private final String what;
  private final int size;
  private final LinkedHashMap<Integer, ByteBuffer> pages = new LinkedHashMap<>(16, 0.75f, true);
  private final Object pieceLock = new Object();
  private @Nullable ByteBuffer piece;
  private long misses;

  /**
   * A file that is open.
   *
   * @param what the file, for messages
   * @param size in bytes
   */
  public FileContent(Reader reader, String what, int size) {
    this.reader = reader;
    this.what = what;
    this.size = size;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int window(int offset) {
    return Math.min(WINDOW, size - offset);
  }

  @Override
  public ByteBuffer view(int offset, int length) {
    Objects.checkFromIndexSize(offset, length, size);
    if (length == 0) {
      return ByteBuffer.allocate(0);
    }
    int first = offset / PAGE;
    if ((offset + length - 1) / PAGE == first) {
      return page(first).slice(offset - first * PAGE, length).order(ByteOrder.LITTLE_ENDIAN);
    }
    synchronized (pages) {
      count(length / PAGE + 1);
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    fill(bytes, offset);
    return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer page(int number) {
    synchronized (pages) {
      ByteBuffer page = pages.get(number);
      if (page == null) {
        count(1);
        page = ByteBuffer.allocate(Math.min(PAGE, size - number * PAGE));
        fill(page, number * PAGE);
        page = page.asReadOnlyBuffer();
        pages.put(number, page);
        if (pages.size() > PAGES) {
          pages.pollFirstEntry();
        }
      }
      return page;
    }
  }

  private void count(int more) {
    misses += more;
    if (misses > FREE_PAGES + (long) TIMES * size / PAGE) {
      throw new InferenceException(
          Reason.INVALID_MODEL, what + " cannot be read, it is damaged: its structures lead back and forth without end");
    }
  }

  @Override
  public void each(int offset, int length, Consumer<ByteBuffer> taker) {
    Objects.checkFromIndexSize(offset, length, size);
    synchronized (pieceLock) {
      ByteBuffer own = piece;
      if (own == null) {
        own = ByteBuffer.allocateDirect(Math.min(PIECE, size));
        piece = own;
      }
      for (int done = 0; done < length; done += PIECE) {
        own.clear().limit(Math.min(PIECE, length - done));
        fill(own, offset + done);
        taker.accept(own.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN));
      }
    }
  }

  /** A reader of all bytes from front to back that shares nothing with other readers, for another thread. */
  void all(ByteBuffer own, Consumer<ByteBuffer> taker) {
    for (int done = 0; done < size; done += own.capacity()) {
      own.clear().limit(Math.min(own.capacity(), size - done));
      fill(own, done);
      taker.accept(own);
    }
  }

  /** Fills the buffer and flips it. */
  private void fill(ByteBuffer to, int offset) {
    try {
      long at = offset;
      while (to.hasRemaining()) {
        int read = reader.read(to, at);
        if (read < 0) {
          throw new InferenceException(
              Reason.INVALID_MODEL,
              what + " became shorter while it was read: expected " + size + " bytes, got " + at + "; load it again");
        }
        at += read;
      }
      to.flip();
    } catch (IOException e) {
      throw new InferenceException(Reason.INVALID_MODEL, Map.of(), what + " cannot be read: " + e.getMessage(), e);
    }
  }
}
