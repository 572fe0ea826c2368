package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.kernels.EngineKernels;
import dev.posthorn.engine.layers.Rows;
import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.spi.Windows;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Derived;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Weight;
import org.jspecify.annotations.Nullable;

/**
 * keras.layers.Conv1DTranspose, 2D, 3D: every input cell spreads over a window of the output. Kernel (cells..., filters,
 * channels). The products of a cell with the whole kernel come from one matrix product, then are added up cell by cell.
 */
final class Transposed extends ImageLayer {
  private static final int DIMENSIONS = 3;
  private static final int PRODUCT_NUMBERS = 1 << 16;

  private final int channels;
  private final int @Nullable [] outputPadding;
  private final Weight kernel;
  private final Derived<Matrix> turned;

  Transposed(LayerSpec spec, WindowSpec window) {
    super(spec, window, spec.config().integer("filters"));
    spec.config().ignore("groups");
    outputPadding =
        spec.config().has("output_padding") ? spec.config().integers("output_padding", window.axes()) : null;
    for (int i = 0; outputPadding != null && i < outputPadding.length; i++) {
      if (outputPadding[i] < 0 || outputPadding[i] >= Math.max(window.stride(i), window.dilation(i))) {
        throw spec.error("expected output_padding below the stride or the dilation rate, got %d", outputPadding[i]);
      }
    }
    channels = channels(spec, window);
    kernel = spec.weight("kernel", Shape.of(window.size()).append(filters, channels));
    declareBias(spec);
    EngineKernels kernels = (EngineKernels) spec.kernels();
    turned = spec.derive(() -> turned(kernels));
  }

  /** What Keras pads the stretched input with before and after; the first decides what is cut off in front. */
  private int[] pads(int axis) {
    int span = window.span(axis);
    int stride = window.stride(axis);
    if (window.padding() == WindowSpec.Padding.VALID) {
      int extra = outputPadding == null ? Math.max(span, stride) - span : outputPadding[axis];
      return new int[] {span - 1, span - 1 + extra};
    }
    int total = outputPadding == null ? stride + span - 2 : span + span % 2 - 2 + outputPadding[axis];
    int before = Math.min(total / 2 + total % 2, span - 1);
    return new int[] {before, total - before};
  }

  private int outputLength(int length, int axis, CallSpec call) {
    int[] pads = pads(axis);
    long output = length == 0 ? 0 : (length - 1L) * window.stride(axis) + pads[0] + pads[1] - window.span(axis) + 2;
    if (output < 0 || output > Integer.MAX_VALUE) {
      throw call.error("axis %d of length %d would become %d long", axis, length, output);
    }
    return (int) output;
  }

  @Override
  Shape output(CallSpec call) {
    Shape input = call.input().shape();
    if (input.rank() != window.axes() + 2) {
      throw call.error("expected %d axes, got shape %s", window.axes() + 2, input);
    }
    int[] lengths = new int[window.axes()];
    for (int i = 0; i < lengths.length; i++) {
      int length = window.length(input, i);
      lengths[i] = length == Shape.UNKNOWN ? length : outputLength(length, i, call);
    }
    return window.shape(input, filters, lengths);
  }

  /** The windows of the convolution whose transpose this is: they lie on the output, one for each input cell. */
  @Override
  Object plan(CallSpec call) {
    int[][] d = new int[6][DIMENSIONS];
    for (int[] each : d) {
      java.util.Arrays.fill(each, 1);
    }
    java.util.Arrays.fill(d[5], 0);
    int[] size = window.size();
    for (int i = 0; i < size.length; i++) {
      int at = DIMENSIONS - size.length + i;
      int length = window.length(call.input().shape(), i);
      d[0][at] = outputLength(length, i, call);
      d[1][at] = length;
      d[2][at] = size[i];
      d[3][at] = window.stride(i);
      d[4][at] = window.dilation(i);
      d[5][at] = window.span(i) - 1 - pads(i)[0];
    }
    return new Windows(d[0], d[1], d[2], d[3], d[4], d[5]);
  }

  @Override
  int cells(Object plan) {
    return ((Windows) plan).inputCells();
  }

  /** The kernel with the channels as rows; float64 takes it from the weight. */
  private Matrix turned(EngineKernels kernels) {
    int columns = kernel.shape().size() / channels;
    if (kernel.dtype() == DType.FLOAT64) {
      return kernels.pack(new double[0], 0, columns);
    }
    float[] turned = new float[kernel.shape().size()];
    for (int i = 0; i < turned.length; i++) {
      turned[i % channels * columns + i / channels] = kernel.floats()[i];
    }
    return kernels.pack(turned, channels, columns);
  }

  @Override
  void image(Call call, Object plan, Object x, int from, Object y, int to) {
    Windows windows = (Windows) plan;
    int cells = windows.windowCells();
    int width = cells * filters;
    int inputs = windows.outputCells();
    int block = Math.max(1, Math.min(inputs, PRODUCT_NUMBERS / width));
    Bias.set(bias(), y, to, windows.inputCells(), filters);
    Object products = y instanceof float[] ? call.floats(0, block * width) : call.doubles(0, block * width);
    for (int first = 0; first < inputs; first += block) {
      int count = Math.min(block, inputs - first);
      multiply(call, x, from + first * channels, count, width, products);
      for (int i = 0; i < count; i++) {
        for (int cell = 0; cell < cells; cell++) {
          int target = windows.cell(first + i, cell);
          if (target >= 0) {
            add(call, products, i * width + cell * filters, y, to + target * filters, filters);
          }
        }
      }
    }
  }

  private void multiply(Call call, Object x, int from, int count, int width, Object products) {
    if (products instanceof float[] floats) {
      call.kernels()
          .affine((float[]) x, from, count, turned.get(), null, Rows.identity(), floats, 0);
    } else {
      call.kernels()
          .multiply(count, width, channels, (double[]) x, from, channels, kernel.doubles(), 0, channels, true,
              (double[]) products, 0, width, false);
    }
  }

  private static void add(Call call, Object x, int from, Object y, int to, int n) {
    if (x instanceof float[] floats) {
      float[] sums = (float[]) y;
      call.kernels().channels().add(sums, to, floats, from, sums, to, n, Float.NEGATIVE_INFINITY);
    } else {
      double[] doubles = (double[]) x;
      double[] sums = (double[]) y;
      for (int i = 0; i < n; i++) {
        sums[to + i] += doubles[from + i];
      }
    }
  }
}
