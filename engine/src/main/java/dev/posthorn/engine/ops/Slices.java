package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.View;
import dev.posthorn.spi.Argument;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's indexing: x[1:3, ..., -1, None, ::2]. */
final class Slices {
  private Slices() {}

  /**
   * The view that a key selects.
   *
   * @throws IllegalArgumentException if the key has more entries than the view has axes
   */
  static View apply(CallSpec call, Argument key, View view) {
    if (key.isTensor()) {
      throw call.error("indexing by a tensor is not supported");
    }
    Object value = key.value();
    List<?> entries = value instanceof List<?> list ? list : Arrays.asList(value);
    int axis = 0;
    View result = view;
    for (int i = 0; i < entries.size(); i++) {
      Object entry = entries.get(i);
      switch (kind(entry)) {
        case "null" -> {
          result = result.insert(axis, 1);
          axis++;
        }
        case "number" -> result = index(call, result, axis, ((Number) entry).longValue());
        case "__ellipsis__" -> axis = result.rank() - consumed(entries, i + 1);
        case "__slice__" -> {
          result = slice(call, result, axis, (Map<?, ?>) entry);
          axis++;
        }
        default -> throw call.error("indexing by %s is not supported", String.valueOf(entry));
      }
    }
    return result;
  }

  private static String kind(@Nullable Object entry) {
    return switch (entry) {
      case null -> "null";
      case Number number -> "number";
      case Map<?, ?> object -> String.valueOf(object.get("class_name"));
      default -> "other";
    };
  }

  /** How many axes the entries from there on take. */
  private static int consumed(List<?> entries, int from) {
    int count = 0;
    for (int i = from; i < entries.size(); i++) {
      count += entries.get(i) == null ? 0 : 1;
    }
    return count;
  }

  private static View index(CallSpec call, View view, int axis, long at) {
    int length = view.dims()[axis];
    if (length == Shape.UNKNOWN) {
      return view.index(axis, 0);
    }
    long positive = at < 0 ? at + length : at;
    if (positive < 0 || positive >= length) {
      throw call.error("index %d is outside axis %d of length %d", at, axis, length);
    }
    return view.index(axis, (int) positive);
  }

  private static View slice(CallSpec call, View view, int axis, Map<?, ?> slice) {
    Map<?, ?> bounds = slice.get("config") instanceof Map<?, ?> config ? config : slice;
    Long start = bound(call, bounds.get("start"));
    Long stop = bound(call, bounds.get("stop"));
    Long given = bound(call, bounds.get("step"));
    long step = given == null ? 1 : given;
    if (step == 0) {
      throw call.error("a slice of step 0");
    }
    int length = view.dims()[axis];
    boolean whole = start == null && stop == null && step == 1;
    if (whole) {
      return view;
    }
    if (length == Shape.UNKNOWN) {
      return view.slice(axis, 0, 2, Shape.UNKNOWN);
    }
    long first;
    long end;
    if (step > 0) {
      first = start == null ? 0 : clamp(start, length, 0, length);
      end = stop == null ? length : clamp(stop, length, 0, length);
    } else {
      first = start == null ? length - 1 : clamp(start, length, -1, length - 1);
      end = stop == null ? -1 : clamp(stop, length, -1, length - 1);
    }
    long span = step > 0 ? end - first : first - end;
    long size = Math.abs(step);
    int count = span <= 0 ? 0 : (int) ((span + size - 1) / size);
    return view.slice(axis, count == 0 ? 0 : (int) first, (int) step, count);
  }

  private static long clamp(long at, int length, long low, long high) {
    long positive = at < 0 ? at + length : at;
    return Math.min(Math.max(positive, low), high);
  }

  private static @Nullable Long bound(CallSpec call, @Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Long number -> number;
      case Integer number -> number.longValue();
      default -> throw call.error("a slice by %s is not supported", String.valueOf(value));
    };
  }
}
