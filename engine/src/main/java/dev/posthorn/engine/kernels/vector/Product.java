package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.PANEL;

/**
 * Rows times a packed matrix, cut into tiles: each panel is multiplied by up to six rows at a time, a single row by
 * several panels. No cut touches the order of a sum; it depends on the matrix and the width of the vectors only.
 */
final class Product {
  private static final int PANEL_COLUMNS = PANEL * COUNT;

  private Product() {}

  /**
   * y = max(init + x m, lo).
   *
   * @param init where the sums start, for every row: whole vectors behind every column of the matrix
   * @param initStep 1, or 0 if all panels start from the same numbers
   */
  static void of(
      float[] x, int xAt, int xStride, int rows, float[] panels, int k, int columns,
      float[] init, int initStep, float lo, float[] y, int yAt, int yStride, Scratch scratch) {
    if (columns == 1) {
      Dot.rows(x, xAt, xStride, rows, panels, k, init[0], lo, y, yAt, yStride, scratch.lanes());
      return;
    }
    int even = rows & -2;
    if (even > 0) {
      for (int column = 0; column < columns; column += PANEL_COLUMNS) {
        panel(
            x, xAt, xStride, even, panels, k * column, k, Math.min(PANEL_COLUMNS, columns - column),
            init, initStep * column, lo, y, yAt + column, yStride, scratch);
      }
    }
    if (even < rows) {
      row(x, xAt + even * xStride, panels, k, columns, init, initStep, lo, y, yAt + even * yStride, scratch);
    }
  }

  private static void row(
      float[] x, int xAt, float[] panels, int k, int columns,
      float[] init, int initStep, float lo, float[] y, int yAt, Scratch scratch) {
    int column = 0;
    int step = initStep * PANEL_COLUMNS;
    for (; column <= columns - 8 * COUNT; column += 8 * COUNT) {
      if (PANEL == 4) {
        OneRow.twoPanels4(x, xAt, panels, k * column, k, init, initStep * column, step, lo, y, yAt + column);
      } else {
        OneRow.fourPanels2(x, xAt, panels, k * column, k, init, initStep * column, step, lo, y, yAt + column);
      }
    }
    for (; column < columns; column += PANEL_COLUMNS) {
      panel(
          x, xAt, 0, 1, panels, k * column, k, Math.min(PANEL_COLUMNS, columns - column),
          init, initStep * column, lo, y, yAt + column, 0, scratch);
    }
  }

  /** The tiles write whole vectors; those of a broken panel go to scratch memory, and from there what counts. */
  private static void panel(
      float[] x, int xAt, int xStride, int rows, float[] w, int wAt, int k, int width,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride, Scratch scratch) {
    int vectors = (width + COUNT - 1) / COUNT;
    boolean whole = width == vectors * COUNT;
    float[] to = whole ? y : scratch.tile();
    int toStride = whole ? yStride : vectors * COUNT;
    int high = vectors == 1 ? 4 : 6;
    Tile[] tiles = Tile.ofPanel(vectors);
    int step;
    for (int r = 0; r < rows; r += step) {
      step = step(rows - r, high);
      int xr = xAt + r * xStride;
      int yr = yAt + r * yStride;
      int tr = whole ? yr : 0;
      tiles[step].multiply(x, xr, xStride, w, wAt, k, init, initAt, lo, to, tr, toStride);
      if (!whole) {
        for (int i = 0; i < step; i++) {
          System.arraycopy(to, i * toStride, y, yr + i * yStride, width);
        }
      }
    }
  }

  /** Eight rows are cut 4 + 4: two rows alone would have to wait for the weights. */
  private static int step(int left, int high) {
    return left >= high && left != 8 ? high : left >= 4 ? 4 : left >= 2 ? 2 : 1;
  }
}
