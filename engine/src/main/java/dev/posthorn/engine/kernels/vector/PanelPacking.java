package dev.posthorn.engine.kernels.vector;

import dev.posthorn.engine.kernels.EngineKernels;
import dev.posthorn.spi.Matrix;

/** Puts numbers into panels as they come. */
final class PanelPacking implements EngineKernels.Packing {
  private final float[] panels;
  private final int rows;
  private final int columns;
  private int row;
  private int column;

  PanelPacking(int rows, int columns) {
    this.panels = new float[PackedMatrix.length(rows, columns)];
    this.rows = rows;
    this.columns = columns;
  }

  @Override
  public void put(float[] values, int count) {
    int panel = Lanes.PANEL * Lanes.COUNT;
    for (int from = 0; from < count; ) {
      int first = column / panel * panel;
      int width = Math.min(panel, columns - first);
      int run = Math.min(count - from, first + width - column);
      int at = columns == 1 ? row : rows * first + row * PackedMatrix.up(width) + column - first;
      System.arraycopy(values, from, panels, at, run);
      from += run;
      column += run;
      if (column == columns) {
        column = 0;
        row++;
      }
    }
  }

  @Override
  public Matrix matrix() {
    if (row != rows && columns > 0) {
      throw new IllegalStateException("expected " + rows + " rows of " + columns + ", got " + row);
    }
    return new PackedMatrix(panels, rows, columns);
  }
}
