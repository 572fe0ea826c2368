package dev.posthorn.engine;

import dev.posthorn.spi.Config;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@link Config} over parsed JSON that remembers which keys were asked for. */
final class JsonConfig implements Config {
  private static final Set<String> ALWAYS_KNOWN =
      Set.of("name", "trainable", "dtype", "batch_input_shape", "build_config", "activity_regularizer", "seed");
  private static final List<String> TRAINING_ONLY = List.of("_initializer", "_regularizer", "_constraint");

  private final String place;
  private final Map<String, @Nullable Object> values;
  private final Set<String> asked = new HashSet<>();
  private final List<JsonConfig> children = new ArrayList<>();

  JsonConfig(String place, Map<String, @Nullable Object> values) {
    this.place = place;
    this.values = values;
  }

  /** The keys with a value that nobody asked for, in the order of the file. */
  List<String> unread() {
    List<String> left = new ArrayList<>();
    values.forEach((key, value) -> {
      boolean known =
          asked.contains(key)
              || ALWAYS_KNOWN.contains(key)
              || TRAINING_ONLY.stream().anyMatch(key::endsWith);
      if (!known && !isNothing(value)) {
        left.add(key);
      }
    });
    children.forEach(child -> left.addAll(child.unread()));
    return left;
  }

  private static boolean isNothing(@Nullable Object value) {
    return value == null
        || value.equals(false)
        || value instanceof String text && text.isEmpty()
        || value instanceof Collection<?> list && list.isEmpty()
        || value instanceof Map<?, ?> map && map.isEmpty();
  }

  Map<String, @Nullable Object> raw() {
    return values;
  }

  @Override
  public Set<String> keys() {
    return values.keySet();
  }

  @Override
  public boolean has(String key) {
    return values.get(key) != null;
  }

  @Override
  public int integer(String key) {
    return toInteger(key, required(key));
  }

  @Override
  public int integer(String key, int otherwise) {
    Object value = ask(key);
    return value == null ? otherwise : toInteger(key, value);
  }

  @Override
  public double number(String key) {
    return toNumber(key, required(key));
  }

  @Override
  public double number(String key, double otherwise) {
    Object value = ask(key);
    return value == null ? otherwise : toNumber(key, value);
  }

  @Override
  public boolean flag(String key) {
    return toFlag(key, required(key));
  }

  @Override
  public boolean flag(String key, boolean otherwise) {
    Object value = ask(key);
    return value == null ? otherwise : toFlag(key, value);
  }

  @Override
  public String string(String key) {
    return toText(key, required(key));
  }

  @Override
  public String string(String key, String otherwise) {
    Object value = ask(key);
    return value == null ? otherwise : toText(key, value);
  }

  @Override
  public int[] integers(String key) {
    Object value = required(key);
    if (value instanceof List<?> list) {
      return list.stream().mapToInt(e -> toInteger(key, e)).toArray();
    }
    return new int[] {toInteger(key, value)};
  }

  @Override
  public int[] integers(String key, int count) {
    int[] found = integers(key);
    if (found.length == count) {
      return found;
    }
    if (found.length != 1) {
      throw wrong(key, count + " integers", values.get(key));
    }
    int[] all = new int[count];
    java.util.Arrays.fill(all, found[0]);
    return all;
  }

  @Override
  public double[] numbers(String key) {
    List<Double> found = new ArrayList<>();
    flatten(key, required(key), found);
    return found.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private void flatten(String key, @Nullable Object value, List<Double> found) {
    if (value instanceof List<?> list) {
      list.forEach(e -> flatten(key, e, found));
    } else {
      found.add(toNumber(key, value));
    }
  }

  @Override
  public List<String> strings(String key) {
    Object value = required(key);
    if (value instanceof List<?> list) {
      return list.stream().map(e -> toText(key, e)).toList();
    }
    return List.of(toText(key, value));
  }

  @Override
  public Optional<Config> config(String key) {
    Object value = ask(key);
    return value == null ? Optional.empty() : Optional.of(child(key, value));
  }

  @Override
  public List<Config> configs(String key) {
    Object value = ask(key);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list)) {
      throw wrong(key, "a list of objects", value);
    }
    List<Config> found = new ArrayList<>(list.size());
    for (Object element : list) {
      found.add(child(key, element));
    }
    return found;
  }

  @SuppressWarnings("unchecked")
  private Config child(String key, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(key, "an object", value);
    }
    return new JsonConfig(place + "." + key, (Map<String, @Nullable Object>) map);
  }

  @Override
  public @Nullable Object value(String key) {
    return ask(key);
  }

  @Override
  public void ignore(String... keys) {
    asked.addAll(List.of(keys));
  }

  private @Nullable Object ask(String key) {
    asked.add(key);
    return plain(values.get(key));
  }

  /** Numbers that Keras wrapped as numpy scalars stand for themselves. */
  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Map<?, ?> map
        && "__numpy__".equals(map.get("class_name"))
        && map.get("config") instanceof Map<?, ?> config
        && config.get("value") instanceof Number number) {
      return number;
    }
    return value;
  }

  private Object required(String key) {
    Object value = ask(key);
    if (value == null) {
      throw wrong(key, "a value", null);
    }
    return value;
  }

  private int toInteger(String key, @Nullable Object value) {
    if (value instanceof Long number && number == number.intValue()) {
      return number.intValue();
    }
    if (value instanceof Integer number) {
      return number;
    }
    if (value instanceof Double number && number == number.intValue()) {
      return number.intValue();
    }
    throw wrong(key, "an integer", value);
  }

  private double toNumber(String key, @Nullable Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(key, "a number", value);
  }

  private boolean toFlag(String key, @Nullable Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    }
    if (value instanceof Long number && (number == 0 || number == 1)) {
      return number == 1;
    }
    throw wrong(key, "true or false", value);
  }

  private String toText(String key, @Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw wrong(key, "a text", value);
  }

  private InferenceException wrong(String key, String expected, @Nullable Object actual) {
    String shown = String.valueOf(actual);
    shown = shown.length() > 80 ? shown.substring(0, 80) + "..." : shown;
    return new InferenceException(
        Reason.INVALID_MODEL,
        Map.of("layer", place, "expected", expected, "actual", shown),
        place + ": config '" + key + "': expected " + expected + ", got " + shown);
  }
}
