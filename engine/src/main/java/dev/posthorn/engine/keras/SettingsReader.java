package dev.posthorn.engine.keras;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A map of a settings file, whose scalars are all text; every accessor names the key when it fails. */
final class SettingsReader {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s*(us|ms|s|m|h)");
  private static final Pattern BYTES = Pattern.compile("(\\d{1,9})\\s*(B|KiB|MiB|GiB)?");

  private final Map<String, @Nullable Object> values;
  private final String place;

  private SettingsReader(Map<String, @Nullable Object> values, String place) {
    this.values = values;
    this.place = place;
  }

  /** The value as a map with only these keys; no keys: any. */
  static SettingsReader of(@Nullable Object value, String place, Set<String> keys) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new InferenceException(
          Reason.INVALID_MODEL, place + ": expected keys and values, got " + Json.kind(value));
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    map.forEach((key, item) -> values.put(String.valueOf(key), item));
    for (String key : values.keySet()) {
      if (!keys.isEmpty() && !keys.contains(key)) {
        throw new InferenceException(
            Reason.INVALID_MODEL, place + ": unknown key '" + key + "'" + Nearest.hint(key, keys));
      }
    }
    return new SettingsReader(values, place);
  }

  Set<String> keys() {
    return values.keySet();
  }

  /** The map under that key, with any keys. */
  Optional<SettingsReader> open(String key) {
    return closed(key, Set.of());
  }

  /** The map under that key, with only these keys. */
  Optional<SettingsReader> closed(String key, Set<String> keys) {
    return values.containsKey(key)
        ? Optional.of(of(values.get(key), place + ": " + key, keys))
        : Optional.empty();
  }

  Optional<String> text(String key) {
    Object value = values.get(key);
    if (value == null && !values.containsKey(key)) {
      return Optional.empty();
    }
    if (value instanceof String text && !text.isBlank()) {
      return Optional.of(text);
    }
    throw error(key, "a text", Json.kind(value));
  }

  List<String> texts(String key) {
    if (!values.containsKey(key)) {
      return List.of();
    }
    if (!(values.get(key) instanceof List<?> list)) {
      throw error(key, "a list", Json.kind(values.get(key)));
    }
    List<String> texts = new ArrayList<>();
    for (Object item : list) {
      if (!(item instanceof String text)) {
        throw error(key, "a list of texts", Json.kind(item));
      }
      texts.add(text);
    }
    return texts;
  }

  OptionalInt positive(String key) {
    return text(key).isEmpty() ? OptionalInt.empty() : OptionalInt.of(positive(key, text(key).get()));
  }

  List<Integer> positives(String key) {
    return texts(key).stream().map(text -> positive(key, text)).toList();
  }

  private int positive(String key, String text) {
    try {
      int number = Integer.parseInt(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw error(key, "a whole number from 1", text);
  }

  long wholeFrom(String key, long least) {
    String text = text(key).orElse("");
    try {
      long number = Long.parseLong(text);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw error(key, "a whole number from " + least, text);
  }

  OptionalDouble tolerance(String key) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return OptionalDouble.empty();
    }
    try {
      double number = Double.parseDouble(text.get());
      if (number >= 0 && number < Double.POSITIVE_INFINITY) {
        return OptionalDouble.of(number);
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw error(key, "a number from 0, such as 1e-4", text.get());
  }

  Optional<Duration> duration(String key) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher matcher = DURATION.matcher(text.get());
    if (!matcher.matches()) {
      throw error(key, "a time such as 5ms or 1s", text.get());
    }
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "us" -> Duration.ofNanos(Math.multiplyExact(1_000, number));
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        });
  }

  OptionalLong bytes(String key) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    Matcher matcher = BYTES.matcher(text.get());
    if (!matcher.matches()) {
      throw error(key, "a size such as 64MiB", text.get());
    }
    int shift =
        switch (matcher.group(2)) {
          case null -> 0;
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          default -> 0;
        };
    return OptionalLong.of(Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift));
  }

  InferenceException error(String key, String expected, String actual) {
    return new InferenceException(
        Reason.INVALID_MODEL,
        Map.of("expected", expected, "actual", actual),
        place + ": " + key + ": expected " + expected + ", got " + actual);
  }
}
