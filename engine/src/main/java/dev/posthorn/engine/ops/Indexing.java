package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Axes;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** keras.ops.roll, take and pad. */
final class Indexing {
  private Indexing() {}

  /** Shifted around the end of one or several axes, or of the flattened tensor. */
  static Layer roll(LayerSpec spec) {
    int[] shifts = spec.config().integers("shift");
    if (!spec.config().has("axis")) {
      int shift = shifts[0];
      return new Rolled(shift);
    }
    int[] axes = spec.config().integers("axis");
    int[] each = shifts.length == axes.length ? shifts : spec.config().integers("shift", axes.length);
    return new IndexOperation(
        false,
        (call, axis, length) -> {
          int shift = 0;
          boolean moved = false;
          for (int i = 0; i < axes.length; i++) {
            if (Axes.positive(axes[i], call.input().shape().rank()) == axis) {
              shift += each[i];
              moved = true;
            }
          }
          return moved ? rolled(length, shift) : null;
        });
  }

  static int[] rolled(int length, int shift) {
    int[] indices = new int[Math.max(length, 0)];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = Math.floorMod(i - shift, length);
    }
    return indices;
  }

  /** Elements by number along an axis, or of the flattened tensor; negative numbers count from the end. */
  static Layer take(LayerSpec spec) {
    boolean flattened = !spec.config().has("axis");
    int axis = spec.config().integer("axis", 0);
    return new TakeOperation(flattened, axis);
  }

  /** Around each axis: zeros or another constant, or the tensor's own elements mirrored or repeated. */
  static Layer pad(LayerSpec spec) {
    String mode = spec.config().string("mode", "constant");
    int rank = spec.input().shape().rank();
    int[][] widths = widths(spec, rank);
    return switch (mode) {
      case "constant" -> new PadOperation(widths);
      case "reflect" -> new IndexOperation(false, (call, axis, length) -> mirrored(call, widths[axis], length, 1));
      case "symmetric" -> new IndexOperation(false, (call, axis, length) -> mirrored(call, widths[axis], length, 0));
      default -> throw spec.unsupported("mode '%s' of pad", mode);
    };
  }

  private static int[][] widths(LayerSpec spec, int rank) {
    Object value = spec.config().value("pad_width");
    int[][] widths = new int[rank][2];
    if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof List<?>) {
      if (list.size() != rank && list.size() != 1) {
        throw spec.error("expected pad_width for %d axes, got %s", rank, value);
      }
      for (int i = 0; i < rank; i++) {
        Object pair = list.get(list.size() == 1 ? 0 : i);
        if (!(pair instanceof List<?> both)
            || both.size() != 2
            || !(both.get(0) instanceof Number before)
            || !(both.get(1) instanceof Number after)
            || before.longValue() != before.intValue()
            || after.longValue() != after.intValue()) {
          throw spec.error("expected pad_width as pairs of numbers, got %s", value);
        }
        widths[i][0] = before.intValue();
        widths[i][1] = after.intValue();
      }
      return widths;
    }
    int[] numbers = spec.config().integers("pad_width", 2);
    for (int[] width : widths) {
      width[0] = numbers[0];
      width[1] = numbers[1];
    }
    return widths;
  }

  /** Mirrored at the first and last element; {@code skip} 1: without repeating these. */
  private static int @Nullable [] mirrored(CallSpec call, int[] width, int length, int skip) {
    if (width[0] == 0 && width[1] == 0) {
      return null;
    }
    if (length == Shape.UNKNOWN) {
      return new int[0];
    }
    if (Math.max(width[0], width[1]) > length - skip) {
      throw call.error("cannot mirror %d elements of an axis of length %d", Math.max(width[0], width[1]), length);
    }
    int[] indices = new int[length + width[0] + width[1]];
    for (int i = 0; i < indices.length; i++) {
      int at = i - width[0];
      if (at < 0) {
        at = -at - 1 + skip;
      } else if (at >= length) {
        at = 2 * length - 1 - skip - at;
      }
      indices[i] = at;
    }
    return indices;
  }
}
