package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Axes;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The operations of keras.ops that only look at elements in another order, made from their configs. */
final class Views {
  private Views() {}

  private static Layer of(ViewOperation.Mapping mapping) {
    return new ViewOperation(mapping, null);
  }

  static Layer transpose(LayerSpec spec) {
    if (!spec.config().has("axes")) {
      return of((call, view) -> view.transpose(reversed(view.rank())));
    }
    int[] axes = spec.config().integers("axes");
    return of((call, view) -> view.transpose(positive(axes, view.rank())));
  }

  private static int[] reversed(int rank) {
    int[] order = new int[rank];
    Arrays.setAll(order, i -> rank - 1 - i);
    return order;
  }

  private static int[] positive(int[] axes, int rank) {
    if (Axes.sorted(axes, rank).length != rank) {
      throw new IllegalArgumentException("axes " + Arrays.toString(axes));
    }
    return Arrays.stream(axes).map(axis -> Axes.positive(axis, rank)).toArray();
  }

  static Layer swapAxes(LayerSpec spec) {
    int first = spec.config().integer("axis1");
    int second = spec.config().integer("axis2");
    return of(
        (call, view) -> {
          int[] order = Axes.all(view.rank());
          int a = Axes.positive(first, view.rank());
          int b = Axes.positive(second, view.rank());
          order[a] = b;
          order[b] = a;
          return view.transpose(order);
        });
  }

  static Layer moveAxis(LayerSpec spec) {
    int[] source = spec.config().integers("source");
    int[] destination = spec.config().integers("destination", source.length);
    return of((call, view) -> view.transpose(moved(source, destination, view.rank())));
  }

  private static int[] moved(int[] source, int[] destination, int rank) {
    int[] order = new int[rank];
    Arrays.fill(order, -1);
    int[] from = Arrays.stream(source).map(axis -> Axes.positive(axis, rank)).toArray();
    for (int i = 0; i < from.length; i++) {
      order[Axes.positive(destination[i], rank)] = from[i];
    }
    int next = 0;
    for (int i = 0; i < rank; i++) {
      if (order[i] < 0) {
        while (Axes.contains(from, next)) {
          next++;
        }
        order[i] = next++;
      }
    }
    return order;
  }

  static Layer expandDims(LayerSpec spec) {
    int[] axes = spec.config().integers("axis");
    return of(
        (call, view) -> {
          View result = view;
          for (int axis : Axes.sorted(axes, view.rank() + axes.length)) {
            result = result.insert(axis, 1);
          }
          return result;
        });
  }

  static Layer squeeze(LayerSpec spec) {
    Config config = spec.config();
    int rank = spec.input().shape().rank();
    int[] axes = config.has("axis") ? Axes.sorted(config.integers("axis"), rank) : ones(spec.input().shape());
    return of(
        (call, view) -> {
          View result = view;
          for (int i = axes.length - 1; i >= 0; i--) {
            if (view.dims()[axes[i]] > 1) {
              throw new IllegalArgumentException("axis " + axes[i] + " has not length 1");
            }
            result = result.drop(axes[i]);
          }
          return result;
        });
  }

  private static int[] ones(Shape shape) {
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      if (shape.dim(i) == 1) {
        axes.add(i);
      }
    }
    return axes.stream().mapToInt(Integer::intValue).toArray();
  }

  static Layer flip(LayerSpec spec) {
    if (!spec.config().has("axis")) {
      return of((call, view) -> flip(view, Axes.all(view.rank())));
    }
    int[] axes = spec.config().integers("axis");
    return of((call, view) -> flip(view, Axes.sorted(axes, view.rank())));
  }

  static Layer flip(int axis) {
    return of((call, view) -> flip(view, new int[] {axis}));
  }

  private static View flip(View view, int[] axes) {
    View result = view;
    for (int axis : axes) {
      result = result.flip(axis);
    }
    return result;
  }

  static Layer broadcastTo(LayerSpec spec) {
    int[] shape = spec.config().integers("shape");
    return of((call, view) -> view.broadcast(shape));
  }

  static Layer getItem(LayerSpec spec) {
    return of((call, view) -> Slices.apply(call, call.argument(1, "key"), view));
  }
}
