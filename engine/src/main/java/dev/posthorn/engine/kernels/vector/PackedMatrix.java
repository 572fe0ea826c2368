package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.PANEL;

import dev.posthorn.spi.Matrix;
import java.util.Arrays;

/**
 * A matrix in panels: the columns are cut into groups of {@link Lanes#PANEL} vectors, the last of them narrower and
 * filled up with zeros to whole vectors; in each panel the rows lie one behind the other. A single column lies as it
 * is, filled up to whole vectors.
 */
record PackedMatrix(float[] panels, int rows, int columns) implements Matrix {
  static PackedMatrix of(float[] values, int rows, int columns) {
    float[] panels = new float[length(rows, columns)];
    pack(values, 0, columns, false, rows, columns, panels);
    return new PackedMatrix(panels, rows, columns);
  }

  /** The number of floats of the packed form. */
  static int length(int rows, int columns) {
    return columns == 1 ? up(rows) : Math.multiplyExact(rows, up(columns));
  }

  /** The next multiple of a vector. */
  static int up(int n) {
    return Math.multiplyExact((n + COUNT - 1) / COUNT, COUNT);
  }

  /** Packs rows that are {@code stride} apart, or columns if the source is transposed; every float is written. */
  static void pack(
      float[] source, int from, int stride, boolean transposed, int rows, int columns, float[] panels) {
    int rowStep = transposed ? 1 : stride;
    int columnStep = transposed ? stride : 1;
    if (columns == 1) {
      for (int k = 0; k < rows; k++) {
        panels[k] = source[from + k * rowStep];
      }
      Arrays.fill(panels, rows, up(rows), 0);
      return;
    }
    int at = 0;
    for (int column = 0; column < columns; column += PANEL * COUNT) {
      int width = Math.min(PANEL * COUNT, columns - column);
      int padded = up(width);
      if (transposed) {
        packTransposed(source, from + column * columnStep, columnStep, rows, width, padded, panels, at);
      } else {
        for (int k = 0; k < rows; k++) {
          System.arraycopy(source, from + k * rowStep + column, panels, at + k * padded, width);
          Arrays.fill(panels, at + k * padded + width, at + (k + 1) * padded, 0);
        }
      }
      at += rows * padded;
    }
  }

  private static void packTransposed(
      float[] source, int from, int step, int rows, int width, int padded, float[] panels, int at) {
    for (int j = 0; j < width; j++) {
      for (int k = 0; k < rows; k++) {
        panels[at + k * padded + j] = source[from + j * step + k];
      }
    }
    for (int k = 0; k < rows; k++) {
      Arrays.fill(panels, at + k * padded + width, at + (k + 1) * padded, 0);
    }
  }
}
