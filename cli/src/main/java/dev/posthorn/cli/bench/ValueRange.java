package dev.posthorn.cli.bench;

import dev.posthorn.engine.ModelDescription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which made-up integers and strings a model can look up: what its configuration says about tables ({@code input_dim},
 * {@code num_tokens}, {@code vocabulary}), whatever the layers are.
 *
 * @param below made-up integers are from 0 to below this
 * @param words made-up strings are of these
 */
public record ValueRange(int below, List<String> words) {
  /** For models about which nothing is known: 0 and 1. */
  public static final ValueRange SMALL = new ValueRange(2, List.of("a", "b"));

  private static final int WITHOUT_TABLE = 10;

  public ValueRange {
    words = List.copyOf(words);
  }

  /** The smallest table of a model counts: an integer below its size is in all of them. */
  public static ValueRange of(ModelDescription description) {
    int below = Integer.MAX_VALUE;
    List<String> words = new ArrayList<>();
    Deque<Object> open = new ArrayDeque<>();
    open.push(description.root());
    while (!open.isEmpty()) {
      switch (open.pop()) {
        case Map<?, ?> map -> {
          below = Math.min(below, Math.min(size(map.get("input_dim")), size(map.get("num_tokens"))));
          if (map.get("vocabulary") instanceof List<?> vocabulary && !vocabulary.isEmpty()) {
            below = Math.min(below, vocabulary.size());
            vocabulary.forEach(word -> words.add(String.valueOf(word)));
          } else {
            map.values().forEach(value -> pushContainer(open, value));
          }
        }
        case List<?> list -> list.forEach(value -> pushContainer(open, value));
        default -> throw new IllegalStateException("only containers are pushed");
      }
    }
    return new ValueRange(below == Integer.MAX_VALUE ? WITHOUT_TABLE : below, words.isEmpty() ? SMALL.words : words);
  }

  private static void pushContainer(Deque<Object> open, @Nullable Object value) {
    if (value instanceof Map<?, ?> || value instanceof List<?>) {
      open.push(value);
    }
  }

  private static int size(@Nullable Object value) {
    return value instanceof Long number && number > 0 ? (int) Math.min(number, Integer.MAX_VALUE) : Integer.MAX_VALUE;
  }
}
