package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.PANEL;

/** Scratch memory of one thread; it grows to what was asked for once and stays. */
final class Scratch {
  private final float[] lanes = new float[COUNT];
  private final float[] tile = new float[6 * PANEL * COUNT];
  private final float[] chunk = new float[Functions.CHUNK];
  private float[] init = new float[0];
  private float[] panels = new float[0];
  private float[] row = new float[0];
  private float[] product = new float[0];

  /** One vector. */
  float[] lanes() {
    return lanes;
  }

  /** The results of one tile. */
  float[] tile() {
    return tile;
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
