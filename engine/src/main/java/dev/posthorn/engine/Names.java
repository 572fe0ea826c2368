package dev.posthorn.engine;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names: as Keras makes them, and how far they are apart. */
public final class Names {
  private static final Pattern WORD = Pattern.compile("(.)([A-Z][a-z]+)");
  private static final Pattern HUMP = Pattern.compile("([a-z])([A-Z])");
  private static final Pattern NO_WORD = Pattern.compile("\\W+");

  private Names() {}

  /** Keras' to_snake_case: Conv2DTranspose becomes conv2d_transpose. */
  public static String snake(String className) {
    String text = NO_WORD.matcher(className).replaceAll("");
    text = WORD.matcher(text).replaceAll("$1_$2");
    return HUMP.matcher(text).replaceAll("$1_$2").toLowerCase(Locale.ROOT);
  }

  /** The one of the known names that is nearest to a mistyped one, if any is near. */
  public static Optional<String> nearest(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String k) -> distance(name, k)).thenComparing(k -> k))
        .filter(k -> distance(name, k) <= Math.max(2, name.length() / 2));
  }

  /** The number of single-character edits between two names (Levenshtein). */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
