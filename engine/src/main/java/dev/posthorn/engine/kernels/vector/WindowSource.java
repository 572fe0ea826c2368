package dev.posthorn.engine.kernels.vector;

import dev.posthorn.spi.Windows;
import java.util.Arrays;

/**
 * Where some rows of windows find their numbers: in the image itself if all of them lie inside, else in a copy of what
 * they see with something around it. Belongs to one thread; its arrays grow to what was asked for once.
 */
final class WindowSource {
  private float[] copy = new float[0];
  private int[] pixels = new int[0];
  private int[] runs = new int[0];
  private int[] offsets = new int[0];
  private float[] data = copy;
  private int pixelCount;
  private int runCount;
  private int runLength;

  /** The numbers. */
  float[] data() {
    return data;
  }

  /** Where each window begins, row by row. */
  int[] pixels() {
    return pixels;
  }

  int pixelCount() {
    return pixelCount;
  }

  /** Where the runs of numbers of a window begin, from its own beginning. */
  int[] runs() {
    return runs;
  }

  int runCount() {
    return runCount;
  }

  int runLength() {
    return runLength;
  }

  /** Where each number of a window lies, from its own beginning. */
  int[] offsets() {
    int length = runCount * runLength;
    if (offsets.length < length) {
      offsets = new int[length];
    }
    int at = 0;
    for (int run = 0; run < runCount; run++) {
      for (int i = 0; i < runLength; i++) {
        offsets[at++] = runs[run] + i;
      }
    }
    return offsets;
  }

  /** Forgets the image. */
  void release() {
    data = copy;
  }

  /**
   * Looks at rows of windows that have the same place along axis 0.
   *
   * @param channels how many numbers of each cell are wanted, from {@code xFrom} on
   * @param outside what stands around the image
   * @param byCell whether each cell of a window is a run, even where several lie side by side
   */
  void look(
      Windows windows, float[] x, int xFrom, int xCell, int channels, float outside, boolean byCell,
      int fromRow, int toRow) {
    int plane = fromRow / windows.output(1);
    int first = fromRow % windows.output(1);
    int count = toRow - fromRow;
    if (windows.isInside()) {
      data = x;
      int row = windows.input(2) * xCell;
      int slice = windows.input(1) * row;
      int start = xFrom + plane * windows.stride(0) * slice + first * windows.stride(1) * row;
      locate(windows, count, start, row, xCell);
      runs(windows, slice * windows.dilation(0), row, xCell, channels, byCell);
      return;
    }
    int width = (windows.output(2) - 1) * windows.stride(2) + (windows.size(2) - 1) * windows.dilation(2) + 1;
    int height = (count - 1) * windows.stride(1) + (windows.size(1) - 1) * windows.dilation(1) + 1;
    int row = width * channels;
    int slice = height * row;
    copy(windows, x, xFrom, xCell, channels, outside, plane, first, width, height);
    locate(windows, count, 0, row, channels);
    runs(windows, slice, row, channels, channels, byCell);
  }

  private void copy(
      Windows windows, float[] x, int xFrom, int xCell, int channels, float outside, int plane, int first,
      int width, int height) {
    int row = width * channels;
    int length = windows.size(0) * height * row;
    if (copy.length < length) {
      copy = new float[length];
    }
    data = copy;
    int left = Math.min(windows.before(2), width);
    int inner = Math.max(0, Math.min(width - left, windows.input(2)));
    int at = 0;
    for (int d = 0; d < windows.size(0); d++) {
      int z = plane * windows.stride(0) + d * windows.dilation(0) - windows.before(0);
      for (int h = 0; h < height; h++, at += row) {
        int line = first * windows.stride(1) + h - windows.before(1);
        if (z < 0 || z >= windows.input(0) || line < 0 || line >= windows.input(1)) {
          Arrays.fill(copy, at, at + row, outside);
          continue;
        }
        int from = xFrom + (z * windows.input(1) + line) * windows.input(2) * xCell;
        Arrays.fill(copy, at, at + left * channels, outside);
        Arrays.fill(copy, at + (left + inner) * channels, at + row, outside);
        line(x, from, xCell, inner, channels, at + left * channels);
      }
    }
  }

  private void line(float[] x, int from, int xCell, int cells, int channels, int to) {
    if (xCell == channels) {
      System.arraycopy(x, from, copy, to, cells * channels);
      return;
    }
    for (int i = 0; i < cells; i++) {
      System.arraycopy(x, from + i * xCell, copy, to + i * channels, channels);
    }
  }

  private void locate(Windows windows, int rows, int start, int row, int cell) {
    pixelCount = rows * windows.output(2);
    if (pixels.length < pixelCount) {
      pixels = new int[pixelCount];
    }
    int at = 0;
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < windows.output(2); i++) {
        pixels[at++] = start + r * windows.stride(1) * row + i * windows.stride(2) * cell;
      }
    }
  }

  private void runs(Windows windows, int slice, int row, int cell, int channels, boolean byCell) {
    boolean joined = !byCell && cell == channels && windows.dilation(2) == 1;
    int across = joined ? 1 : windows.size(2);
    runLength = joined ? windows.size(2) * channels : channels;
    runCount = windows.size(0) * windows.size(1) * across;
    if (runs.length < runCount) {
      runs = new int[runCount];
    }
    int at = 0;
    for (int d = 0; d < windows.size(0); d++) {
      for (int h = 0; h < windows.size(1); h++) {
        for (int i = 0; i < across; i++) {
          runs[at++] = d * slice + h * windows.dilation(1) * row + i * windows.dilation(2) * cell;
        }
      }
    }
  }
}
