package dev.posthorn.engine.fuzz;

import dev.posthorn.engine.keras.JsonText;
import dev.posthorn.engine.keras.hdf5.Hdf5Sums;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An HDF5 file. Changed are words that look like addresses, lengths or counts, bytes near them, and the JSON in its
 * attributes (within the same length); its checksums are mended.
 */
record Hdf5Part(byte[] bytes, Hdf5Sums sums, int[] words, List<Text> texts) implements Part {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final int SHORTEST_TEXT = 100;
  private static final int NEAR = 24;

  /** A JSON document within the file. */
  record Text(int from, int length, JsonPart json) {}

  static boolean recognises(byte[] content) {
    return content.length > SIGNATURE.length
        && (Arrays.equals(Arrays.copyOf(content, SIGNATURE.length), SIGNATURE)
            || content.length > 520 && Arrays.equals(Arrays.copyOfRange(content, 512, 520), SIGNATURE));
  }

  static Hdf5Part of(byte[] content) {
    ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    Hdf5Sums sums = new Hdf5Sums(content);
    int[] words = new int[content.length];
    int count = 0;
    int step = sums.count() > 0 ? 1 : 8;
    for (int at = 0; at + Long.BYTES <= content.length; at += step) {
      long word = in.getLong(at);
      if (word > 0 && word <= content.length || word == -1) {
        words[count++] = at;
      }
    }
    return new Hdf5Part(content, sums, Arrays.copyOf(words, count), texts(content));
  }

  private static List<Text> texts(byte[] content) {
    List<Text> found = new ArrayList<>();
    for (int from = 0; from < content.length; from++) {
      if (content[from] == '{') {
        int end = from;
        while (end < content.length && content[end] >= ' ') {
          end++;
        }
        while (end > from && content[end - 1] != '}') {
          end--;
        }
        if (end - from >= SHORTEST_TEXT) {
          found.add(new Text(from, end - from, JsonPart.of(Arrays.copyOfRange(content, from, end))));
          from = end;
        }
      }
    }
    return found;
  }

  @Override
  public Hdf5Part mutated(SplittableRandom random) {
    byte[] after = texts.isEmpty() || words.length > 0 && random.nextInt(3) > 0 ? structure(random) : text(random);
    sums.mend(after);
    int[] left = Arrays.stream(words).filter(word -> word + Long.BYTES <= after.length).toArray();
    return new Hdf5Part(
        after, sums, left, texts.stream().filter(text -> text.from() + text.length() <= after.length).toList());
  }

  private byte[] text(SplittableRandom random) {
    byte[] after = bytes.clone();
    Text text = texts.get(random.nextInt(texts.size()));
    for (int attempt = 0; attempt < 10; attempt++) {
      byte[] changed = JsonText.of(JsonPart.changed(text.json().tree(), random)).getBytes(StandardCharsets.UTF_8);
      if (changed.length <= text.length()) {
        Arrays.fill(after, text.from(), text.from() + text.length(), (byte) ' ');
        System.arraycopy(changed, 0, after, text.from(), changed.length);
        break;
      }
    }
    return after;
  }

  private byte[] structure(SplittableRandom random) {
    byte[] after = bytes.clone();
    if (words.length == 0) {
      return after;
    }
    int word = words[random.nextInt(words.length)];
    ByteBuffer view = ByteBuffer.wrap(after).order(ByteOrder.LITTLE_ENDIAN);
    switch (random.nextInt(8)) {
      case 0 -> view.putLong(word, BlobPart.NASTY[random.nextInt(BlobPart.NASTY.length)]);
      case 1 -> view.putLong(word, view.getLong(words[random.nextInt(words.length)]));
      case 2 -> view.putLong(word, view.getLong(word) + (random.nextInt(9) - 4) * (random.nextBoolean() ? 1L : 8L));
      case 3 -> view.putLong(word, random.nextInt(after.length + 9));
      case 4 -> BlobPart.put(after, near(word, random), 1 << random.nextInt(3), BlobPart.NASTY[random.nextInt(BlobPart.NASTY.length)]);
      case 5 -> after[near(word, random)] = (byte) random.nextInt(0x20);
      case 6 -> after[near(word, random)] ^= (byte) (1 << random.nextInt(8));
      default -> {
        return random.nextInt(6) > 0 ? same(random) : Arrays.copyOf(after, random.nextInt(after.length));
      }
    }
    return after;
  }

  /** A change anywhere that keeps the length. */
  private byte[] same(SplittableRandom random) {
    byte[] after = BlobPart.mutated(bytes, random);
    return after.length == bytes.length ? after : Arrays.copyOf(after, bytes.length);
  }

  private int near(int word, SplittableRandom random) {
    return Math.clamp(word + random.nextInt(2 * NEAR) - NEAR, 0, bytes.length - 1);
  }
}
