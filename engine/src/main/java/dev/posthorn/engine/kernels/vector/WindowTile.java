package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.PANEL;

/**
 * Several windows of an image times one panel of a kernel. Called through this interface so that C2 compiles each tile by
 * itself, as {@link Tile}.
 */
@FunctionalInterface
interface WindowTile {
  /**
   * y = max(init + window panel, lo). Whole vectors are written.
   *
   * @param pixels where each window begins in x; the tile takes those from index {@code pixel} on
   * @param offsets where each of the k numbers under a window lies, from its own beginning
   * @param wAt where the panel begins, whose rows follow those numbers
   * @param yStride from the results of one window to those of the next
   */
  void multiply(
      float[] x, int[] pixels, int pixel, int[] offsets, int k, float[] w, int wAt,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride);

  /** The tiles of a panel of that many vectors, the largest first. */
  static WindowTile[] ofPanel(int vectors) {
    return Tiles.OF_PANEL[vectors];
  }

  /** The numbers of windows of these tiles. */
  static int[] steps(int vectors) {
    return Tiles.STEPS[vectors];
  }

  /** Holds the tables. */
  final class Tiles {
    private static final WindowTile[][] OF_PANEL = {
      {},
      {WindowPanel1::pixels12, WindowPanel1::pixels6, WindowPanel1::pixels2, WindowPanel1::pixels1},
      PANEL == 4
          ? new WindowTile[] {
            WindowPanel2::pixels12, WindowPanel2::pixels6, WindowPanel2::pixels2, WindowPanel2::pixels1
          }
          : new WindowTile[] {WindowPanel2::pixels6, WindowPanel2::pixels2, WindowPanel2::pixels1},
      {WindowPanel3::pixels6, WindowPanel3::pixels4, WindowPanel3::pixels2, WindowPanel3::pixels1},
      {WindowPanel4::pixels6, WindowPanel4::pixels4, WindowPanel4::pixels2, WindowPanel4::pixels1}
    };

    private static final int[][] STEPS = {
      {}, {12, 6, 2, 1}, PANEL == 4 ? new int[] {12, 6, 2, 1} : new int[] {6, 2, 1}, {6, 4, 2, 1}, {6, 4, 2, 1}
    };

    private Tiles() {}
  }
}
