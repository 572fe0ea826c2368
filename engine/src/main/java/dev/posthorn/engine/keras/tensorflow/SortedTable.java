package dev.posthorn.engine.keras.tensorflow;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Keys and values of a LevelDB table, the form of a checkpoint's {@code .index}. Blocks lie one behind the other, each with
 * its checksum; a key shares its beginning with the one before, so that keys are bounded in length and in sum. Source:
 * LevelDB doc/table_format.md; TensorFlow writes no compressed blocks.
 */
public final class SortedTable {
  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FOOTER = 48;
  private static final int TRAILER = 5;
  private static final int LONGEST_KEY = 8 << 10;
  private static final long ALL_KEYS = 64L << 20;

  /** Where a block is. */
  private record Handle(long offset, long size) {}

  private final Span file;
  private final String what;
  private final Budget budget;
  private int entries;
  private long keyBytes;

  private SortedTable(Span file, String what, Budget budget) {
    this.file = file;
    this.what = what;
    this.budget = budget;
  }

  /** Whether the content ends as a table does. */
  public static boolean recognises(Content content) {
    return content.size() >= Long.BYTES && content.view(content.size() - Long.BYTES, Long.BYTES).getLong(0) == MAGIC;
  }

  /**
   * All keys with their values, in the order of the file.
   *
   * @throws InferenceException INVALID_MODEL if it is damaged, UNSUPPORTED if it is compressed, TOO_LARGE over the budget
   */
  public static Map<String, Span> read(Span file, String what, Budget budget) {
    return new SortedTable(file, what, budget).read();
  }

  private Map<String, Span> read() {
    if (file.length() < FOOTER || !recognises(Content.of(ByteBuffer.wrap(file.array(), file.from(), file.length())))) {
      throw damaged("it does not end as one; is it truncated?");
    }
    Cursor footer = new Cursor(file.part(file.length() - FOOTER, FOOTER - Long.BYTES), 0);
    Handle statistics = handle(footer);
    Handle index = handle(footer);
    block(statistics);
    Map<String, Span> values = new LinkedHashMap<>();
    long[] end = new long[1];
    entries(block(index), (last, value) -> {
      Handle handle = handle(new Cursor(value, 0));
      if (handle.offset() < end[0]) {
        throw damaged("its blocks overlap");
      }
      end[0] = handle.offset() + handle.size();
      entries(block(handle), (key, data) -> {
        if (values.put(key, data) != null) {
          throw damaged("it has the key '" + key + "' twice");
        }
      });
    });
    return Collections.unmodifiableMap(values);
  }

  private Handle handle(Cursor at) {
    return new Handle(at.varint(), at.varint());
  }

  private Span block(Handle handle) {
    long room = (long) file.length() - FOOTER - TRAILER;
    if (handle.offset() < 0 || handle.size() < 0 || handle.offset() > room || handle.size() > room - handle.offset()) {
      throw damaged("a block lies outside of it");
    }
    Span block = file.part((int) handle.offset(), (int) handle.size());
    Span typed = file.part((int) handle.offset(), (int) handle.size() + 1);
    int stored = ByteBuffer.wrap(file.array()).order(ByteOrder.LITTLE_ENDIAN).getInt(typed.from() + typed.length());
    if (new Checksum().add(typed).masked() != stored) {
      throw damaged("the checksum of a block does not match its content");
    }
    int compression = file.array()[block.from() + block.length()];
    if (compression != 0) {
      throw new InferenceException(
          Reason.UNSUPPORTED,
          what + " is compressed by method " + compression + "; TensorFlow writes checkpoints without compression");
    }
    return block;
  }

  private void entries(Span block, BiConsumer<String, Span> receiver) {
    if (block.length() < Integer.BYTES) {
      throw damaged("a block has no end");
    }
    int last = block.from() + block.length() - Integer.BYTES;
    long restarts = Integer.toUnsignedLong(ByteBuffer.wrap(block.array()).order(ByteOrder.LITTLE_ENDIAN).getInt(last));
    long length = block.length() - Integer.BYTES * (restarts + 1);
    if (length < 0) {
      throw damaged("a block declares " + restarts + " restarts");
    }
    Cursor at = new Cursor(block.part(0, (int) length), 0);
    byte[] before = {};
    while (at.hasMore()) {
      long shared = at.varint();
      long own = at.varint();
      long size = at.varint();
      if (shared < 0 || shared > before.length || own < 0 || own > LONGEST_KEY - shared) {
        throw damaged("a key has a part of " + shared + " and one of " + own + " bytes");
      }
      Span suffix = at.take(own);
      byte[] key = java.util.Arrays.copyOf(before, (int) (shared + own));
      System.arraycopy(suffix.array(), suffix.from(), key, (int) shared, (int) own);
      before = key;
      keyBytes += key.length;
      Budget.check("tensors", budget.tensors(), ++entries, what + ": entries");
      if (keyBytes > ALL_KEYS) {
        throw damaged("its keys take more than " + ALL_KEYS + " bytes");
      }
      receiver.accept(Span.of(key).text(), at.take(size));
    }
  }

  private InferenceException damaged(String problem) {
    return new InferenceException(Reason.INVALID_MODEL, what + " is no valid checkpoint index: " + problem);
  }

  /** Goes through a span. */
  private final class Cursor {
    private final Span span;
    private int at;

    Cursor(Span span, int at) {
      this.span = span;
      this.at = at;
    }

    boolean hasMore() {
      return at < span.length();
    }

    long varint() {
      long value = 0;
      for (int shift = 0; shift < Long.SIZE; shift += 7) {
        if (!hasMore()) {
          throw damaged("it is truncated");
        }
        byte next = span.array()[span.from() + at++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw damaged("a number has more than ten bytes");
    }

    Span take(long length) {
      if (length < 0 || length > span.length() - at) {
        throw damaged("an entry of " + length + " bytes does not fit its block");
      }
      Span taken = span.part(at, (int) length);
      at += (int) length;
      return taken;
    }
  }
}
