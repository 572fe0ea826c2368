package dev.posthorn.engine.layers.recurrent;

/** Values of gates, sorted by gate: all rows of the first gate, then all of the second. */
final class Gates {
  private Gates() {}

  /** Adds two arrays whose rows hold all gates, and sorts the sums by gate. */
  static void sum(float[] a, float[] b, float[] sorted, int rows, int units, int gates) {
    for (int gate = 0; gate < gates; gate++) {
      for (int row = 0; row < rows; row++) {
        int from = (row * gates + gate) * units;
        int to = (gate * rows + row) * units;
        for (int i = 0; i < units; i++) {
          sorted[to + i] = a[from + i] + b[from + i];
        }
      }
    }
  }
}
