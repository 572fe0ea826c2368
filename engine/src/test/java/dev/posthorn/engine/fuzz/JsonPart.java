package dev.posthorn.engine.fuzz;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.Json;
import dev.posthorn.engine.keras.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A JSON document; its tree is changed at one place, rarely its text. */
record JsonPart(Object tree, byte[] bytes) implements Part {
  private static final List<Object> NASTY = nasty();

  static JsonPart of(byte[] text) {
    return new JsonPart(Json.parse(text, "seed", Budget.DEFAULT), text);
  }

  static JsonPart ofTree(Object tree) {
    return new JsonPart(tree, JsonText.of(tree).getBytes(StandardCharsets.UTF_8));
  }

  private static List<Object> nasty() {
    List<Object> values = new ArrayList<>();
    for (long number : BlobPart.NASTY) {
      values.add(number);
    }
    for (double number : new double[] {0.5, -0.0, 1e-300, 1e300, 4e9, Double.NaN, Double.POSITIVE_INFINITY}) {
      values.add(number);
    }
    for (String text : new String[] {
      "", "relu", "softmax", "same", "causal", "channels_first", "float16", "float64", "string", "int8", "Dense", "Add",
      "Sequential", "Functional", "LSTM", "Bidirectional", "__numpy__", "__tuple__", "../x", "0", "x".repeat(300), "\u0000\ud83d\ude00"
    }) {
      values.add(text);
    }
    values.add(true);
    values.add(false);
    values.add(null);
    values.add(List.of());
    values.add(List.of(-1L));
    values.add(List.of(List.of(0L, 1L << 31), List.of(3L, 3L)));
    values.add(Map.of());
    values.add(Map.of("class_name", "Dense", "config", Map.of("units", 3L)));
    return values;
  }

  @Override
  public Part mutated(SplittableRandom random) {
    if (random.nextInt(100) == 0) {
      return new BlobPart(BlobPart.mutated(bytes, random));
    }
    return ofTree(changed(tree, random));
  }

  /** The tree with one of its values changed. */
  static Object changed(Object tree, SplittableRandom random) {
    return new Change(tree, random).apply();
  }

  /** One walk through a tree that changes the value of a number drawn before. */
  private static final class Change {
    private final Object tree;
    private final SplittableRandom random;
    private int left;

    Change(Object tree, SplittableRandom random) {
      this.tree = tree;
      this.random = random;
    }

    Object apply() {
      left = random.nextInt(count(tree));
      return visit(tree);
    }

    private Object visit(Object value) {
      if (left-- == 0) {
        return other(value);
      }
      if (left < 0) {
        return value;
      }
      if (value instanceof Map<?, ?> map) {
        Map<Object, Object> copy = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          copy.put(entry.getKey(), visit(entry.getValue()));
        }
        return copy;
      }
      if (value instanceof List<?> list) {
        List<Object> copy = new ArrayList<>();
        for (Object element : list) {
          copy.add(visit(element));
        }
        return copy;
      }
      return value;
    }

    private Object other(Object value) {
      int kind = random.nextInt(10);
      if (kind == 0) {
        return pick(tree, random.nextInt(count(tree)));
      }
      if (value instanceof Number number && kind < 5) {
        long near = number.longValue();
        return switch (random.nextInt(5)) {
          case 0 -> near + 1;
          case 1 -> near - 1;
          case 2 -> -near;
          case 3 -> near * (1L << random.nextInt(40));
          default -> (double) near / 3;
        };
      }
      if (value instanceof Map<?, ?> map && !map.isEmpty() && kind < 8) {
        return otherMap(map);
      }
      if (value instanceof List<?> list && !list.isEmpty() && kind < 8) {
        return otherList(list);
      }
      if (value instanceof String && kind < 4) {
        Object elsewhere = pick(tree, random.nextInt(count(tree)));
        return elsewhere instanceof String ? elsewhere : value + "_";
      }
      return NASTY.get(random.nextInt(NASTY.size()));
    }

    private Object otherMap(Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>(map);
      List<Object> keys = new ArrayList<>(map.keySet());
      Object key = keys.get(random.nextInt(keys.size()));
      switch (random.nextInt(4)) {
        case 0 -> copy.remove(key);
        case 1 -> copy.put(key, NASTY.get(random.nextInt(NASTY.size())));
        case 2 -> copy.put(key, map.get(keys.get(random.nextInt(keys.size()))));
        default -> copy.put(key + "_", NASTY.get(random.nextInt(NASTY.size())));
      }
      return copy;
    }

    private Object otherList(List<?> list) {
      List<Object> copy = new ArrayList<>(list);
      int at = random.nextInt(copy.size());
      int to = random.nextInt(copy.size());
      switch (random.nextInt(5)) {
        case 0 -> copy.remove(at);
        case 1 -> copy.add(to, copy.get(at));
        case 2 -> copy.set(at, copy.set(to, copy.get(at)));
        case 3 -> copy.set(at, list);
        default -> copy.add(to, NASTY.get(random.nextInt(NASTY.size())));
      }
      return copy;
    }

    private static int count(Object value) {
      int sum = 1;
      if (value instanceof Map<?, ?> map) {
        for (Object element : map.values()) {
          sum += count(element);
        }
      } else if (value instanceof List<?> list) {
        for (Object element : list) {
          sum += count(element);
        }
      }
      return sum;
    }

    /** The value of that number in the order of the walk. */
    private static Object pick(Object value, int number) {
      int skipped = 1;
      if (number > 0) {
        Iterable<?> elements = value instanceof Map<?, ?> map ? map.values() : (List<?>) value;
        for (Object element : elements) {
          int size = count(element);
          if (number < skipped + size) {
            return pick(element, number - skipped);
          }
          skipped += size;
        }
      }
      return value;
    }
  }
}
