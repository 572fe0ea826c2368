package dev.posthorn.engine.layers.reshaping;

import dev.posthorn.engine.arrays.View;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** The layers that pad, crop or repeat along one to three spatial axes, made from their configs. */
final class SpatialConfig {
  private SpatialConfig() {}

  static Layer padding(LayerSpec spec, int axes) {
    return new Padding(axes + 2, firstAxis(spec), pairs(spec, "padding", axes));
  }

  static Layer cropping(LayerSpec spec, int axes) {
    int first = firstAxis(spec);
    int[][] margins = pairs(spec, "cropping", axes);
    return ViewLayer.of(axes + 2, view -> crop(view, first, margins));
  }

  private static View crop(View view, int first, int[][] margins) {
    View result = view;
    for (int i = 0; i < margins.length; i++) {
      int length = view.dims()[first + i];
      int left = length - margins[i][0] - margins[i][1];
      if (length == Shape.UNKNOWN) {
        left = Shape.UNKNOWN;
      } else if (left < 0) {
        throw new IllegalArgumentException("cropping more than length " + length);
      }
      result = result.slice(first + i, margins[i][0], 1, left);
    }
    return result;
  }

  /** UpSampling: nearest repeats every element along each spatial axis, bilinear goes from one to the next. */
  static Layer upSampling(LayerSpec spec, int axes) {
    String interpolation = spec.config().string("interpolation", "nearest");
    int first = firstAxis(spec);
    int[] sizes = spec.config().integers("size", axes);
    if (interpolation.equals("bilinear") && axes == 2) {
      return new Bilinear(first, sizes);
    }
    if (!interpolation.equals("nearest")) {
      throw spec.unsupported("interpolation '%s' of UpSampling", interpolation);
    }
    return new Repeat(axes + 2, first, sizes);
  }

  /** keras.layers.RepeatVector: (batch, features) to (batch, n, features). */
  static Layer repeatVector(LayerSpec spec) {
    int n = spec.config().integer("n");
    return ViewLayer.of(2, view -> view.insert(1, n));
  }

  /** keras.layers.Permute; its axes count from 1. */
  static Layer permute(LayerSpec spec) {
    int[] dims = spec.config().integers("dims");
    int[] order = new int[dims.length + 1];
    System.arraycopy(dims, 0, order, 1, dims.length);
    int[] sorted = order.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      if (sorted[i] != i) {
        throw spec.error("expected dims to be an order of 1 to %d, got %s", dims.length, Arrays.toString(dims));
      }
    }
    Function<View, View> transposed = view -> view.transpose(order);
    return ViewLayer.of(order.length, transposed);
  }

  /** keras.layers.Flatten; with channels first it moves them to the end before. */
  static Layer flatten(LayerSpec spec) {
    int rank = spec.input().shape().rank();
    boolean first = spec.config().string("data_format", "channels_last").equals("channels_first");
    return new Flatten(first && rank > 2);
  }

  private static int firstAxis(LayerSpec spec) {
    String format = spec.config().string("data_format", "channels_last");
    return switch (format) {
      case "channels_last" -> 1;
      case "channels_first" -> 2;
      default -> throw spec.error("expected data_format channels_last or channels_first, got '%s'", format);
    };
  }

  /** One number for all axes, one for each axis, or a pair for each axis; with one axis a pair is before and after. */
  private static int[][] pairs(LayerSpec spec, String key, int axes) {
    int[][] pairs = new int[axes][2];
    Object value = spec.config().value(key);
    if (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof List<?>) {
      for (int i = 0; i < axes; i++) {
        List<?> pair = i < list.size() && list.get(i) instanceof List<?> inner ? inner : List.of();
        if (list.size() != axes || pair.size() != 2) {
          throw spec.error("expected %s as %d pairs, got %s", key, axes, value);
        }
        for (int j = 0; j < 2; j++) {
          if (!(pair.get(j) instanceof Number number)
              || number.longValue() != number.intValue()
              || number.intValue() < 0) {
            throw spec.error("expected numbers from 0 on in %s, got %s", key, value);
          }
          pairs[i][j] = number.intValue();
        }
      }
      return pairs;
    }
    int[] numbers = spec.config().integers(key, axes == 1 ? 2 : axes);
    for (int i = 0; i < axes; i++) {
      pairs[i][0] = axes == 1 ? numbers[0] : numbers[i];
      pairs[i][1] = axes == 1 ? numbers[1] : numbers[i];
      if (pairs[i][0] < 0 || pairs[i][1] < 0) {
        throw spec.error("expected numbers from 0 on in %s, got %s", key, String.valueOf(value));
      }
    }
    return pairs;
  }
}
