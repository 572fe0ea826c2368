package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Axes;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import java.util.Arrays;

/** keras.ops.tile and repeat. */
final class Repeats {
  private Repeats() {}

  /** The whole tensor several times along each axis; missing counts in front are 1. */
  static Layer tile(LayerSpec spec) {
    int[] given = spec.config().integers("repeats");
    return new ViewOperation(
        (call, view) -> tiled(view, given), call -> tiledShape(call.input().shape(), given));
  }

  private static int[] padded(int[] repeats, int rank) {
    int[] all = new int[Math.max(rank, repeats.length)];
    Arrays.fill(all, 1);
    System.arraycopy(repeats, 0, all, all.length - repeats.length, repeats.length);
    return all;
  }

  private static View tiled(View view, int[] given) {
    View result = view;
    while (result.rank() < given.length) {
      result = result.insert(0, 1);
    }
    int[] repeats = padded(given, view.rank());
    for (int axis = repeats.length - 1; axis >= 0; axis--) {
      if (repeats[axis] != 1) {
        result = result.insert(axis, repeats[axis]);
      }
    }
    return result;
  }

  private static Shape tiledShape(Shape shape, int[] given) {
    Shape result = shape;
    while (result.rank() < given.length) {
      result = result.prepend(1);
    }
    int[] repeats = padded(given, shape.rank());
    for (int axis = 0; axis < repeats.length; axis++) {
      if (repeats[axis] != 1 && result.dim(axis) != Shape.UNKNOWN) {
        result = result.with(axis, result.dim(axis) * repeats[axis]);
      }
    }
    return result;
  }

  /** Each element several times in a row along an axis, or of the flattened tensor. */
  static Layer repeat(LayerSpec spec) {
    int[] repeats = spec.config().integers("repeats");
    if (repeats.length != 1) {
      throw spec.unsupported("repeat with a count for each element");
    }
    int count = repeats[0];
    if (!spec.config().has("axis")) {
      return new ViewOperation(
          (call, view) -> flat(view).insert(1, count), call -> times(flat(View.of(call.input().shape())).shape(), 0, count));
    }
    int axis = spec.config().integer("axis");
    return new ViewOperation(
        (call, view) -> {
          int at = Axes.positive(axis, view.rank());
          View result = view.insert(at + 1, count);
          return new View(result.dims(), result.strides(), result.offset(), view.rowsKept() && (at != 0 || count == 1));
        },
        call -> times(call.input().shape(), axis, count));
  }

  private static Shape times(Shape shape, int axis, int count) {
    int length = shape.dim(axis);
    return length == Shape.UNKNOWN ? shape : shape.with(axis, length * count);
  }

  /** A whole array as one axis. */
  private static View flat(View view) {
    Shape shape = view.shape();
    View all = View.of(Shape.of(shape.isKnown() ? shape.size() : Shape.UNKNOWN));
    return new View(all.dims(), all.strides(), 0, false);
  }
}
