package dev.posthorn.spi;

import java.util.Arrays;

/** Windows over three spatial axes of known lengths. Immutable. */
public final class Windows {
  private static final int LARGEST_TABLE = 1 << 20;

  private final int[] input;
  private final int[] output;
  private final int[] size;
  private final int[] stride;
  private final int[] dilation;
  private final int[] before;
  private final int[] table;

  /**
   * Three numbers each.
   *
   * @param input lengths of the input
   * @param output how many windows there are
   * @param size cells of a window
   * @param stride from one window to the next
   * @param dilation from one cell of a window to the next
   * @param before how far the first window begins before the input
   */
  public Windows(int[] input, int[] output, int[] size, int[] stride, int[] dilation, int[] before) {
    this.input = input;
    this.output = output;
    this.size = size;
    this.stride = stride;
    this.dilation = dilation;
    this.before = before;
    long entries = (long) outputCells() * windowCells();
    this.table = new int[entries <= LARGEST_TABLE ? (int) entries : 0];
    for (int i = 0; i < table.length; i++) {
      table[i] = find(i / windowCells(), i % windowCells());
    }
  }

  /** The length of the input along an axis, 0 to 2. */
  public int input(int axis) {
    return input[axis];
  }

  /** The number of windows along an axis. */
  public int output(int axis) {
    return output[axis];
  }

  /** The cells of a window along an axis. */
  public int size(int axis) {
    return size[axis];
  }

  public int stride(int axis) {
    return stride[axis];
  }

  public int dilation(int axis) {
    return dilation[axis];
  }

  /** How far the first window begins before the input. */
  public int before(int axis) {
    return before[axis];
  }

  /** These windows without the cells that lie outside the input in all of them: the same for a pool. */
  public Windows trimmed() {
    int[] trimmedSize = size.clone();
    int[] trimmedBefore = before.clone();
    for (int axis = 0; axis < size.length; axis++) {
      long reach = before[axis] - (output[axis] - 1L) * stride[axis];
      long from = (reach + dilation[axis] - 1) / dilation[axis];
      long to = (input[axis] - 1L + before[axis]) / dilation[axis];
      int first = (int) Math.max(0, Math.min(from, size[axis] - 1));
      int last = (int) Math.max(first, Math.min(to, size[axis] - 1));
      trimmedSize[axis] = last - first + 1;
      trimmedBefore[axis] = before[axis] - first * dilation[axis];
    }
    return Arrays.equals(trimmedSize, size)
        ? this
        : new Windows(input, output, trimmedSize, stride, dilation, trimmedBefore);
  }

  /** Rows of windows along the last axis: the units in which kernels work. */
  public int rows() {
    return output[0] * output[1];
  }

  /** Whether every window lies within the input. */
  public boolean isInside() {
    for (int axis = 0; axis < input.length; axis++) {
      int last = (output[axis] - 1) * stride[axis] + (size[axis] - 1) * dilation[axis] - before[axis];
      if (before[axis] > 0 || last >= input[axis]) {
        return false;
      }
    }
    return true;
  }

  public int inputCells() {
    return input[0] * input[1] * input[2];
  }

  public int outputCells() {
    return output[0] * output[1] * output[2];
  }

  /** Cells of a window. */
  public int windowCells() {
    return size[0] * size[1] * size[2];
  }

  /** Whether window i is just cell i. */
  public boolean isPointwise() {
    return windowCells() == 1 && stride[0] * stride[1] * stride[2] == 1;
  }

  /**
   * The input cell that a cell of a window lies on; -1 outside the input.
   *
   * @param window the number of the window
   * @param cell the number of the cell within the window
   */
  public int cell(int window, int cell) {
    return table.length > 0 ? table[window * windowCells() + cell] : find(window, cell);
  }

  private int find(int window, int cell) {
    int z = along(0, window / (output[1] * output[2]), cell / (size[1] * size[2]));
    int y = along(1, window / output[2] % output[1], cell / size[2] % size[1]);
    int x = along(2, window % output[2], cell % size[2]);
    return (z | y | x) < 0 ? -1 : (z * input[1] + y) * input[2] + x;
  }

  private int along(int axis, int window, int cell) {
    int at = window * stride[axis] + cell * dilation[axis] - before[axis];
    return at < input[axis] ? at : -1;
  }
}
