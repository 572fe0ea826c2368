package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.PANEL;

import dev.posthorn.spi.Convolutions;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Windows;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions without a matrix of patches: tiles read the windows where they lie. Sums run from the bias through the
 * window's cells in order, channel by channel; a kernel of one filter is summed as {@link Dot} does.
 */
final class VectorConvolutions implements Convolutions {
  private static final int PANEL_COLUMNS = PANEL * COUNT;
  private static final DepthwiseTile[] WHOLE = {
    DepthwiseTiles::pixels8, DepthwiseTiles::pixels4, DepthwiseTiles::pixels1
  };
  private static final int[] WHOLE_STEPS = {8, 4, 1};
  private static final DepthwiseTile[] MASKED = {DepthwiseTiles::masked4, DepthwiseTiles::masked1};
  private static final int[] MASKED_STEPS = {4, 1};

  private final ThreadLocal<Scratch> scratch;

  /** Compiled each by itself, as {@link WindowTile}s are. */
  @FunctionalInterface
  private interface DepthwiseTile {
    void run(
        float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, float[] w, int channels,
        float[] init, float lo, float[] y, int yAt, int yStride);
  }

  VectorConvolutions(ThreadLocal<Scratch> scratch) {
    this.scratch = scratch;
  }

  @Override
  public void convolve(
      Windows windows, float[] x, int xFrom, int xCell, Matrix kernel, float @Nullable [] bias, boolean relu,
      float[] y, int yFrom, int yCell, int fromRow, int toRow) {
    if (!(kernel.packed() instanceof PackedMatrix packed)) {
      throw new IllegalArgumentException("vector kernels cannot convolve with a " + kernel.getClass().getName());
    }
    Scratch memory = scratch.get();
    WindowSource source = memory.windows();
    int channels = packed.rows() / windows.windowCells();
    float[] init = memory.start(bias, packed.columns());
    float lo = relu ? 0 : Float.NEGATIVE_INFINITY;
    int to;
    for (int row = fromRow; row < toRow; row = to) {
      to = Math.min(toRow, (row / windows.output(1) + 1) * windows.output(1));
      source.look(windows, x, xFrom, xCell, channels, 0, false, row, to);
      int yAt = yFrom + row * windows.output(2) * yCell;
      if (packed.columns() == 1) {
        single(source, packed, init[0], lo, y, yAt, yCell, memory);
      } else {
        panels(source, packed, init, lo, y, yAt, yCell, memory);
      }
    }
    source.release();
  }

  private static void panels(
      WindowSource source, PackedMatrix packed, float[] init, float lo, float[] y, int yAt, int yCell,
      Scratch memory) {
    int[] offsets = source.offsets();
    for (int column = 0; column < packed.columns(); column += PANEL_COLUMNS) {
      int width = Math.min(PANEL_COLUMNS, packed.columns() - column);
      int vectors = (width + COUNT - 1) / COUNT;
      boolean whole = width == vectors * COUNT;
      float[] to = whole ? y : memory.windowTile();
      int toStride = whole ? yCell : vectors * COUNT;
      WindowTile[] tiles = WindowTile.ofPanel(vectors);
      int[] steps = WindowTile.steps(vectors);
      int size = 0;
      int step;
      for (int pixel = 0; pixel < source.pixelCount(); pixel += step) {
        while (steps[size] > source.pixelCount() - pixel) {
          size++;
        }
        step = steps[size];
        int at = yAt + pixel * yCell + column;
        tiles[size].multiply(
            source.data(), source.pixels(), pixel, offsets, packed.rows(),
            packed.panels(), packed.rows() * column, init, column, lo, to, whole ? at : 0, toStride);
        if (!whole) {
          for (int i = 0; i < step; i++) {
            System.arraycopy(to, i * toStride, y, at + i * yCell, width);
          }
        }
      }
    }
  }

  /** One filter: the windows as rows of a matrix, some at a time. */
  private static void single(
      WindowSource source, PackedMatrix packed, float init, float lo, float[] y, int yAt, int yCell, Scratch memory) {
    int k = packed.rows();
    int block = Math.max(1, 8 * 1024 / Math.max(1, k));
    float[] rows = memory.row(block * k);
    for (int pixel = 0; pixel < source.pixelCount(); pixel += block) {
      int count = Math.min(block, source.pixelCount() - pixel);
      int at = 0;
      for (int i = 0; i < count; i++) {
        for (int run = 0; run < source.runCount(); run++, at += source.runLength()) {
          System.arraycopy(
              source.data(), source.pixels()[pixel + i] + source.runs()[run], rows, at, source.runLength());
        }
      }
      Dot.rows(rows, 0, k, count, packed.panels(), k, init, lo, y, yAt + pixel * yCell, yCell, memory.lanes());
    }
  }

  @Override
  public void depthwise(
      Windows windows, int channels, float[] x, int xFrom, float[] kernel, float @Nullable [] bias, boolean relu,
      float[] y, int yFrom, int fromRow, int toRow) {
    Scratch memory = scratch.get();
    WindowSource source = memory.windows();
    float[] init = memory.start(bias, channels);
    float lo = relu ? 0 : Float.NEGATIVE_INFINITY;
    boolean masked = channels < COUNT;
    DepthwiseTile[] tiles = masked ? MASKED : WHOLE;
    int[] steps = masked ? MASKED_STEPS : WHOLE_STEPS;
    int to;
    for (int row = fromRow; row < toRow; row = to) {
      to = Math.min(toRow, (row / windows.output(1) + 1) * windows.output(1));
      source.look(windows, x, xFrom, channels, channels, 0, true, row, to);
      int yAt = yFrom + row * windows.output(2) * channels;
      int size = 0;
      int step;
      for (int pixel = 0; pixel < source.pixelCount(); pixel += step) {
        while (steps[size] > source.pixelCount() - pixel) {
          size++;
        }
        step = steps[size];
        for (int c = 0; c < channels; c += COUNT) {
          int channel = masked ? 0 : Math.min(c, channels - COUNT);
          tiles[size].run(
              source.data(), source.pixels(), pixel, source.runs(), source.runCount(), channel, kernel, channels,
              init, lo, y, yAt + pixel * channels + channel, channels);
        }
      }
    }
    source.release();
  }
}
