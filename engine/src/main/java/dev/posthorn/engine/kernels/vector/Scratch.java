package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.PANEL;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Scratch memory of one thread; it grows to what was asked for once and stays. */
final class Scratch {
  private final float[] lanes = new float[COUNT];
  private final float[] secondLanes = new float[COUNT];
  private final float[] gates = new float[8 * COUNT];
  private final float[] tile = new float[6 * PANEL * COUNT];
  private final float[] chunk = new float[Functions.CHUNK];
  private final float[] windowTile = new float[12 * PANEL * COUNT];
  private final WindowSource windows = new WindowSource();
  private float[] init = new float[0];
  private float[] start = new float[0];
  private float[] panels = new float[0];
  private float[] row = new float[0];
  private float[] product = new float[0];

  /** One vector. */
  float[] lanes() {
    return lanes;
  }

  /** One more vector. */
  float[] secondLanes() {
    return secondLanes;
  }

  /** A vector of each gate of a recurrent cell, of x and of r. */
  float[] gates() {
    return gates;
  }

  /** The results of one tile. */
  float[] tile() {
    return tile;
  }

  /** The results of one tile of windows. */
  float[] windowTile() {
    return windowTile;
  }

  WindowSource windows() {
    return windows;
  }

  /** What n sums start from: a bias or zeros, filled up to whole vectors. */
  float[] start(float @Nullable [] bias, int n) {
    if (start.length < n + COUNT) {
      start = new float[n + COUNT];
    }
    if (bias == null) {
      Arrays.fill(start, 0, n, 0);
    } else {
      System.arraycopy(bias, 0, start, 0, n);
    }
    return start;
  }

  /** What passes from the first loop of a function to the second. */
  float[] chunk() {
    return chunk;
  }

  /** A copy of the first {@code n} numbers, filled up to whole vectors. */
  float[] init(float[] bias, int n) {
    if (init.length < n + COUNT) {
      init = new float[n + COUNT];
    }
    System.arraycopy(bias, 0, init, 0, n);
    return init;
  }

  float[] panels(int length) {
    if (panels.length < length) {
      panels = new float[length];
    }
    return panels;
  }

  float[] row(int length) {
    if (row.length < length) {
      row = new float[length];
    }
    return row;
  }

  float[] product(int length) {
    if (product.length < length) {
      product = new float[length];
    }
    return product;
  }
}
