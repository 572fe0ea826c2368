package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.PANEL;

/**
 * The product of a few rows and one panel. Called through this interface so that C2 compiles each tile by itself: it
 * stops making instructions of vectors when too much has gone into one method.
 */
@FunctionalInterface
interface Tile {
  /**
   * y = max(init + x w, lo).
   *
   * @param xAt where the first row of x begins; the others follow {@code xStride} apart
   * @param wAt where the panel begins
   * @param k the length of a row of x, and the rows of the panel
   * @param initAt where the numbers begin that the sums of every row start from
   * @param yAt where the first row of results goes; whole vectors are written
   */
  void multiply(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride);

  /** The tiles of a panel of that many vectors; the index is the number of rows: 6 (from two vectors on), 4, 2 or 1. */
  static Tile[] ofPanel(int vectors) {
    return Tiles.OF_PANEL[vectors];
  }

  /** Holds the table. */
  final class Tiles {
    private static final Tile[][] OF_PANEL = PANEL == 4 ? ofFour() : ofTwo();

    private Tiles() {}

    private static Tile[][] ofFour() {
      return new Tile[][] {
        {},
        rows(Panel1Split4::rows1, Panel1Split4::rows2, Panel1Split4::rows4, Panel1Split4::rows4),
        rows(Panel2Split2::rows1, Panel2Split2::rows2, Panel2Split2::rows4, Panel2Split2::rows6),
        rows(Panel3::rows1, Panel3::rows2, Panel3::rows4, Panel3::rows6),
        rows(Panel4::rows1, Panel4::rows2, Panel4::rows4, Panel4::rows6)
      };
    }

    private static Tile[][] ofTwo() {
      return new Tile[][] {
        {},
        rows(Panel1Split2::rows1, Panel1Split2::rows2, Panel1Split2::rows4, Panel1Split2::rows4),
        rows(Panel2::rows1, Panel2::rows2, Panel2::rows4, Panel2::rows6)
      };
    }

    private static Tile[] rows(Tile one, Tile two, Tile four, Tile six) {
      return new Tile[] {one, one, two, two, four, four, six};
    }
  }
}
