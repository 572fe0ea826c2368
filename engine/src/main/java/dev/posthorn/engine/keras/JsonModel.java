package dev.posthorn.engine.keras;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * {@code {"weights": [...], "biases": [...], "activations": [...]}}, nested lists: what someone has who printed their
 * weights. A bias may be null; without {@code biases}, {@code weights} may hold all arrays in the order of get_weights().
 */
final class JsonModel implements ModelReader {
  private static final String WEIGHTS = "weights";
  private static final String BIASES = "biases";
  private static final String ACTIVATIONS = "activations";
  private static final Set<String> KEYS = Set.of(WEIGHTS, BIASES, ACTIVATIONS);
  private static final int HEAD = 1 << 16;

  @Override
  public boolean recognises(Source source) {
    return source instanceof Source.File file && head(file).stripLeading().startsWith("{");
  }

  /** Whether the file is JSON that seems to have that key near its beginning. */
  static boolean hasKey(Source.File file, String key) {
    String head = head(file);
    return head.stripLeading().startsWith("{") && head.contains('"' + key + '"');
  }

  private static String head(Source.File file) {
    byte[] head = FileBytes.copy(file.content().part(0, Math.min(HEAD, file.content().size())));
    String text = new String(head, StandardCharsets.UTF_8);
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  @Override
  public ModelDescription read(Source source, ReadOptions options) {
    Source.File file = (Source.File) source;
    String what = file.what();
    Map<String, @Nullable Object> root =
        Json.object(Json.parse(FileBytes.copy(file.content()), what, options.budget()), what);
    if (root.containsKey("class_name")) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          what + " is an architecture without weights; name the file with the weights, and this one as --architecture");
    }
    Set<String> unknown = new TreeSet<>(root.keySet());
    unknown.removeAll(KEYS);
    if (!root.containsKey(WEIGHTS) || !unknown.isEmpty()) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          what + ": expected an object with weights, biases and activations, got the keys " + new TreeSet<>(root.keySet()));
    }
    return BareArrays.describe(file, "json", arrays(root, what), activations(root, what), options);
  }

  private static List<String> activations(Map<String, @Nullable Object> root, String what) {
    Object given = root.get(ACTIVATIONS);
    List<String> names = new ArrayList<>();
    if (given != null) {
      for (Object name : Json.list(given, what + ": " + ACTIVATIONS)) {
        names.add(name == null ? "linear" : Json.string(name, what + ": " + ACTIVATIONS + "[" + names.size() + "]"));
      }
    }
    return names;
  }

  private static List<StoredArray> arrays(Map<String, @Nullable Object> root, String what) {
    List<@Nullable Object> weights = Json.list(root.get(WEIGHTS), what + ": " + WEIGHTS);
    Object given = root.get(BIASES);
    List<@Nullable Object> biases = given == null ? List.of() : Json.list(given, what + ": " + BIASES);
    if (given != null && biases.size() != weights.size()) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          what + ": expected " + weights.size() + " biases, one for each of the weights (null where there is none), got "
              + biases.size());
    }
    List<StoredArray> arrays = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      arrays.add(array(weights.get(i), what + ": " + WEIGHTS + "[" + i + "]"));
      if (given != null && biases.get(i) != null) {
        arrays.add(array(biases.get(i), what + ": " + BIASES + "[" + i + "]"));
      }
    }
    return arrays;
  }

  private static StoredArray array(@Nullable Object nested, String place) {
    List<Integer> dims = new ArrayList<>();
    Object first = nested;
    while (first instanceof List<?> list) {
      dims.add(list.size());
      first = list.isEmpty() ? null : list.get(0);
    }
    int[] shape = dims.stream().mapToInt(Integer::intValue).toArray();
    long size = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
    double[] values = new double[Math.toIntExact(size)];
    int filled = fill(nested, shape, 0, values, 0, place);
    if (filled != values.length) {
      throw new IllegalStateException(place);
    }
    return new GivenArray(place, ArrayTensor.of(values, shape));
  }

  private static int fill(@Nullable Object nested, int[] shape, int axis, double[] values, int at, String place) {
    if (axis == shape.length) {
      if (!(nested instanceof Number number)) {
        throw new InferenceException(Reason.INVALID_MODEL, place + ": expected a number, got " + Json.kind(nested));
      }
      values[at] = number.doubleValue();
      return at + 1;
    }
    List<@Nullable Object> list = Json.list(nested, place);
    if (list.size() != shape[axis]) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          place + ": expected " + shape[axis] + " elements as in the lists before, got " + list.size());
    }
    int next = at;
    for (int i = 0; i < list.size(); i++) {
      boolean leaf = axis + 1 == shape.length && list.get(i) instanceof Number;
      next = fill(list.get(i), shape, axis + 1, values, next, leaf ? place : place + "[" + i + "]");
    }
    return next;
  }
}
