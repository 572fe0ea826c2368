package dev.posthorn.engine.layers;

import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Windows;
import java.util.Arrays;

/**
 * Windows that move along one to three spatial axes, as configs describe them: size, strides, dilation, padding, and
 * where the channels are.
 */
public final class WindowSpec {
  /** What surrounds the input. */
  public enum Padding {
    VALID,
    SAME,
    /** As much as keeps a window from seeing what comes later; one axis only. */
    CAUSAL
  }

  private static final int DIMENSIONS = 3;

  /** Of a size, a stride, a span, and the cells of a window: far above what fits a model, far below what overflows. */
  private static final int LARGEST = 1 << 24;

  private final int axes;
  private final boolean channelsFirst;
  private final int[] size;
  private final int[] strides;
  private final int[] dilation;
  private final Padding padding;

  private WindowSpec(
      int axes, boolean channelsFirst, int[] size, int[] strides, int[] dilation, Padding padding) {
    this.axes = axes;
    this.channelsFirst = channelsFirst;
    this.size = size;
    this.strides = strides;
    this.dilation = dilation;
    this.padding = padding;
  }

  /** Windows with the keys kernel_size, strides, dilation_rate, padding, data_format. */
  public static WindowSpec convolution(LayerSpec spec, int axes) {
    int[] strides = spec.config().has("strides") ? spec.config().integers("strides", axes) : ones(axes);
    int[] dilation =
        spec.config().has("dilation_rate") ? spec.config().integers("dilation_rate", axes) : ones(axes);
    return of(spec, axes, spec.config().integers("kernel_size", axes), strides, dilation);
  }

  /** Windows with the keys pool_size, strides (the pool's size if absent), padding, data_format. */
  public static WindowSpec pooling(LayerSpec spec, int axes) {
    int[] size = spec.config().has("pool_size") ? spec.config().integers("pool_size", axes) : twos(axes);
    int[] strides = spec.config().has("strides") ? spec.config().integers("strides", axes) : size;
    return of(spec, axes, size, strides, ones(axes));
  }

  private static WindowSpec of(LayerSpec spec, int axes, int[] size, int[] strides, int[] dilation) {
    long cells = 1;
    for (int i = 0; i < axes; i++) {
      if (size[i] < 1 || strides[i] < 1 || dilation[i] < 1) {
        throw spec.error("expected sizes, strides and dilation rates above 0");
      }
      cells *= size[i];
      if (cells > LARGEST || strides[i] > LARGEST || (size[i] - 1L) * dilation[i] >= LARGEST) {
        throw spec.error(
            "expected windows of at most %d cells, strides and spans, got size %s, strides %s, dilation rates %s",
            LARGEST, Arrays.toString(size), Arrays.toString(strides), Arrays.toString(dilation));
      }
    }
    String padding = spec.config().string("padding", "valid");
    Padding kind =
        switch (padding) {
          case "valid" -> Padding.VALID;
          case "same" -> Padding.SAME;
          case "causal" -> Padding.CAUSAL;
          default -> throw spec.error("expected padding valid, same or causal, got '%s'", padding);
        };
    if (spec.input().shape().rank() != axes + 2) {
      throw spec.error("expected %d axes, got shape %s", axes + 2, spec.input().shape());
    }
    return new WindowSpec(axes, channelsFirst(spec), size, strides, dilation, kind);
  }

  /** Whether the config puts the channels on axis 1. */
  public static boolean channelsFirst(LayerSpec spec) {
    String format = spec.config().string("data_format", "channels_last");
    return switch (format) {
      case "channels_last" -> false;
      case "channels_first" -> true;
      default -> throw spec.error("expected data_format channels_last or channels_first, got '%s'", format);
    };
  }

  private static int[] ones(int axes) {
    int[] all = new int[axes];
    Arrays.fill(all, 1);
    return all;
  }

  private static int[] twos(int axes) {
    int[] all = new int[axes];
    Arrays.fill(all, 2);
    return all;
  }

  public boolean channelsFirst() {
    return channelsFirst;
  }

  public int axes() {
    return axes;
  }

  /** The lengths of the window along each spatial axis. */
  public int[] size() {
    return size.clone();
  }

  public int stride(int axis) {
    return strides[axis];
  }

  public Padding padding() {
    return padding;
  }

  /** The length that a window spans along an axis. */
  public int span(int axis) {
    return (size[axis] - 1) * dilation[axis] + 1;
  }

  public int dilation(int axis) {
    return dilation[axis];
  }

  public int channels(Shape input) {
    return channelsFirst ? input.dim(1) : input.last();
  }

  /** The length of a spatial axis. */
  public int length(Shape input, int axis) {
    return input.dim(axis + (channelsFirst ? 2 : 1));
  }

  /** A shape like the input's with other channels and other spatial lengths. */
  public Shape shape(Shape input, int channels, int[] lengths) {
    Shape result = input.with(channelsFirst ? 1 : input.rank() - 1, channels);
    for (int i = 0; i < axes; i++) {
      result = result.with(i + (channelsFirst ? 2 : 1), lengths[i]);
    }
    return result;
  }

  /**
   * The shape of what the windows give.
   *
   * @throws dev.posthorn.spi.InferenceException if a window is longer than the input
   */
  public Shape output(CallSpec call, int channels) {
    Shape input = call.input().shape();
    if (input.rank() != axes + 2) {
      throw call.error("expected %d axes, got shape %s", axes + 2, input);
    }
    int[] lengths = new int[axes];
    for (int i = 0; i < axes; i++) {
      int length = length(input, i);
      lengths[i] = length == Shape.UNKNOWN ? length : outputLength(length, i);
      if (lengths[i] == 0 && length > 0) {
        throw call.error("a window of %d does not fit into length %d (shape %s)", span(i), length, input);
      }
    }
    return shape(input, channels, lengths);
  }

  private int outputLength(int length, int axis) {
    if (padding == Padding.VALID) {
      return length < span(axis) ? 0 : (length - span(axis)) / strides[axis] + 1;
    }
    return (length + strides[axis] - 1) / strides[axis];
  }

  /** The windows over inputs of that shape, with spatial axes of length 1 put in front up to three. */
  public Windows windows(Shape input) {
    int[][] d = new int[6][DIMENSIONS];
    for (int[] each : d) {
      Arrays.fill(each, 1);
    }
    Arrays.fill(d[5], 0);
    for (int i = 0; i < axes; i++) {
      int at = DIMENSIONS - axes + i;
      int length = length(input, i);
      d[0][at] = length;
      d[1][at] = outputLength(length, i);
      d[2][at] = size[i];
      d[3][at] = strides[i];
      d[4][at] = dilation[i];
      d[5][at] = before(length, d[1][at], i);
    }
    return new Windows(d[0], d[1], d[2], d[3], d[4], d[5]);
  }

  private int before(int length, int outputLength, int axis) {
    return switch (padding) {
      case VALID -> 0;
      case SAME -> Math.max((outputLength - 1) * strides[axis] + span(axis) - length, 0) / 2;
      case CAUSAL -> span(axis) - 1;
    };
  }
}
