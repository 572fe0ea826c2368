package dev.posthorn.engine.layers.recurrent;

/** Values of gates, sorted by gate: all rows of the first gate, then all of the second. */
final class Gates {
  private Gates() {}

  /**
   * Adds the projected and the recurrent parts, whose rows hold all gates, and sorts the sums of the first {@code wanted}
   * gates by gate.
   */
  static void sum(
      float[] projected, int from, float[] recurred, float[] sorted, int rows, int units, int gates, int wanted) {
    for (int gate = 0; gate < wanted; gate++) {
      for (int row = 0; row < rows; row++) {
        int at = (row * gates + gate) * units;
        int to = (gate * rows + row) * units;
        for (int i = 0; i < units; i++) {
          sorted[to + i] = projected[from + at + i] + recurred[at + i];
        }
      }
    }
  }
}
