package dev.posthorn.engine.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** An array of NumPy; mostly its header is changed, and keeps its length. */
record NpyPart(byte[] bytes) implements Part {
  private static final int TEXT = 10;
  private static final String[] FROM = {"'<f4'", "'<f4'", "'<f4'", "False", "(", ",", ")", "'shape'", "'descr'", "}"};
  private static final String[] TO = {
    "'>f8'", "'<f2'", "'|O'", "'<U9'", "'<i8'", "'|b1'", "'>c16'", "'<M8[s]'", "True", "(2147483647, ", "(99999999999999999999,",
    "(-1, ", "(0, ", "((", "()", "(1,)*9", "'", "", ",,", "0x10", "1e3", "[", "None", "{}", "lambda: 0"
  };

  static boolean recognises(byte[] content) {
    return content.length > TEXT && (content[0] & 0xff) == 0x93 && content[1] == 'N' && content[5] == 'Y';
  }

  @Override
  public Part mutated(SplittableRandom random) {
    int header = Math.min(bytes.length - TEXT, (bytes[8] & 0xff) | (bytes[9] & 0xff) << 8);
    int kind = random.nextInt(10);
    if (kind == 0 || header <= 0) {
      return new NpyPart(BlobPart.mutated(bytes, random));
    }
    if (kind < 4) {
      return new NpyPart(BlobPart.mutated(bytes, TEXT + random.nextInt(header), random));
    }
    String text = new String(bytes, TEXT, header, StandardCharsets.ISO_8859_1).stripTrailing();
    String from = FROM[random.nextInt(FROM.length)];
    String to = TO[random.nextInt(TO.length)];
    String changed = text.replaceFirst(java.util.regex.Pattern.quote(from), java.util.regex.Matcher.quoteReplacement(to));
    byte[] after = bytes.clone();
    byte[] padded = Arrays.copyOf(changed.getBytes(StandardCharsets.ISO_8859_1), header);
    int used = Math.min(header, changed.length());
    Arrays.fill(padded, used, header, (byte) ' ');
    padded[header - 1] = '\n';
    System.arraycopy(padded, 0, after, TEXT, header);
    return new NpyPart(after);
  }
}
