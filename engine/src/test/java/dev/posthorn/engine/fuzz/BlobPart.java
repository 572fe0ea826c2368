package dev.posthorn.engine.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Bytes whose meaning does not matter to the changes. */
record BlobPart(byte[] bytes) implements Part {
  /** Numbers at which programs go wrong. */
  static final long[] NASTY = {
    0, 1, 2, -1, -2, 7, 8, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x1_0000, 1 << 20, Integer.MAX_VALUE,
    1L << 31, 0xffff_ffffL, 1L << 32, (1L << 33) + 1, 1L << 40, 1L << 60, 1L << 61, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE
  };

  private static final int KINDS = 8;
  private static final int LONGEST_RUN = 64;

  @Override
  public BlobPart mutated(SplittableRandom random) {
    return new BlobPart(mutated(bytes, random));
  }

  /** One change somewhere in these bytes. */
  static byte[] mutated(byte[] before, SplittableRandom random) {
    return before.length == 0 ? new byte[] {(byte) random.nextInt()} : mutated(before, random.nextInt(before.length), random);
  }

  /** One change at that place. */
  static byte[] mutated(byte[] before, int at, SplittableRandom random) {
    byte[] after = before.clone();
    int run = Math.min(1 + random.nextInt(LONGEST_RUN), after.length - at);
    switch (random.nextInt(KINDS)) {
      case 0 -> after[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> after[at] = (byte) random.nextInt();
      case 2 -> after[at] = (byte) (after[at] + (random.nextBoolean() ? 1 : -1));
      case 3 -> put(after, at, 1 << random.nextInt(4), NASTY[random.nextInt(NASTY.length)]);
      case 4 -> Arrays.fill(after, at, at + run, (byte) (random.nextBoolean() ? 0 : 0xff));
      case 5 -> System.arraycopy(before, random.nextInt(before.length - run + 1), after, at, run);
      case 6 -> {
        byte[] shorter = Arrays.copyOf(before, before.length - run);
        System.arraycopy(before, at + run, shorter, at, before.length - at - run);
        return shorter;
      }
      default -> {
        byte[] longer = Arrays.copyOf(before, before.length + run);
        System.arraycopy(before, at, longer, at + run, before.length - at);
        return longer;
      }
    }
    return after;
  }

  /** Writes the low bytes of a number, little endian, as far as they fit. */
  static void put(byte[] bytes, int at, int width, long value) {
    byte[] all = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    System.arraycopy(all, 0, bytes, at, Math.min(width, bytes.length - at));
  }
}
