package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;

import dev.posthorn.spi.Poolings;
import dev.posthorn.spi.Windows;

/** Pooling by vectors of channels. What surrounds an image counts neither as a maximum nor in a mean. */
final class VectorPoolings implements Poolings {
  private static final PoolTile[] MAX = {PoolTiles::max4, PoolTiles::max1};
  private static final PoolTile[] MAX_MASKED = {PoolTiles::maxMasked4, PoolTiles::maxMasked1};
  private static final PoolTile[] MEAN = {PoolTiles::mean4, PoolTiles::mean1};
  private static final PoolTile[] MEAN_MASKED = {PoolTiles::meanMasked4, PoolTiles::meanMasked1};
  private static final int SEVERAL = 4;

  private final ThreadLocal<Scratch> scratch;

  /** Compiled each by itself, as {@link WindowTile}s are. */
  @FunctionalInterface
  private interface PoolTile {
    void run(
        float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, int channels, float[] counts,
        float[] y, int yAt, int yStride);
  }

  VectorPoolings(ThreadLocal<Scratch> scratch) {
    this.scratch = scratch;
  }

  @Override
  public void max(
      Windows windows, int channels, float[] x, int xFrom, float[] y, int yFrom, int fromRow, int toRow) {
    PoolTile[] tiles = channels < COUNT ? MAX_MASKED : MAX;
    pool(tiles, Float.NEGATIVE_INFINITY, windows, channels, x, xFrom, y, yFrom, fromRow, toRow);
  }

  @Override
  public void mean(
      Windows windows, int channels, float[] x, int xFrom, float[] y, int yFrom, int fromRow, int toRow) {
    PoolTile[] tiles = channels < COUNT ? MEAN_MASKED : MEAN;
    pool(tiles, 0, windows, channels, x, xFrom, y, yFrom, fromRow, toRow);
  }

  private void pool(
      PoolTile[] tiles, float outside, Windows windows, int channels, float[] x, int xFrom, float[] y, int yFrom,
      int fromRow, int toRow) {
    Scratch memory = scratch.get();
    WindowSource source = memory.windows();
    boolean masked = channels < COUNT;
    int to;
    for (int row = fromRow; row < toRow; row = to) {
      to = Math.min(toRow, (row / windows.output(1) + 1) * windows.output(1));
      source.look(windows, x, xFrom, channels, channels, outside, true, row, to);
      float[] counts = memory.row(source.pixelCount());
      if (outside == 0) {
        count(windows, row, to, counts);
      }
      int yAt = yFrom + row * windows.output(2) * channels;
      int step;
      for (int pixel = 0; pixel < source.pixelCount(); pixel += step) {
        boolean several = pixel <= source.pixelCount() - SEVERAL;
        step = several ? SEVERAL : 1;
        for (int c = 0; c < channels; c += COUNT) {
          int channel = masked ? 0 : Math.min(c, channels - COUNT);
          tiles[several ? 0 : 1].run(
              source.data(), source.pixels(), pixel, source.runs(), source.runCount(), channel, channels, counts,
              y, yAt + pixel * channels + channel, channels);
        }
      }
    }
    source.release();
  }

  /** How many cells of each window lie on the image. */
  private static void count(Windows windows, int fromRow, int toRow, float[] counts) {
    int at = 0;
    for (int row = fromRow; row < toRow; row++) {
      int above = inside(windows, 0, row / windows.output(1)) * inside(windows, 1, row % windows.output(1));
      for (int i = 0; i < windows.output(2); i++) {
        counts[at++] = above * inside(windows, 2, i);
      }
    }
  }

  private static int inside(Windows windows, int axis, int window) {
    int start = window * windows.stride(axis) - windows.before(axis);
    int count = 0;
    for (int i = 0; i < windows.size(axis); i++) {
      int at = start + i * windows.dilation(axis);
      count += at >= 0 && at < windows.input(axis) ? 1 : 0;
    }
    return count;
  }
}
