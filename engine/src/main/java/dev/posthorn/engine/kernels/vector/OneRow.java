package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * One row over several whole panels at once: eight independent sums hide the latency of FMA. Each sum runs through k in
 * order, as in {@link Panel4} and {@link Panel2}, so it has the same bits. Panels begin {@code panelStep} apart in
 * {@code init}.
 */
final class OneRow {
  private OneRow() {}

  /** Two panels of four vectors. */
  static void twoPanels4(
      float[] x, int xAt, float[] w, int wAt, int k, float[] init, int initAt, int panelStep, float lo,
      float[] y, int yAt) {
    int panel = k * 4 * COUNT;
    FloatVector a0 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a1 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a2 = FloatVector.fromArray(SPECIES, init, initAt + 2 * COUNT);
    FloatVector a3 = FloatVector.fromArray(SPECIES, init, initAt + 3 * COUNT);
    FloatVector a4 = FloatVector.fromArray(SPECIES, init, initAt + panelStep);
    FloatVector a5 = FloatVector.fromArray(SPECIES, init, initAt + panelStep + COUNT);
    FloatVector a6 = FloatVector.fromArray(SPECIES, init, initAt + panelStep + 2 * COUNT);
    FloatVector a7 = FloatVector.fromArray(SPECIES, init, initAt + panelStep + 3 * COUNT);
    for (int j = 0; j < k; j++) {
      FloatVector b = FloatVector.broadcast(SPECIES, x[xAt + j]);
      int at0 = wAt + j * 4 * COUNT;
      a0 = b.fma(FloatVector.fromArray(SPECIES, w, at0), a0);
      a1 = b.fma(FloatVector.fromArray(SPECIES, w, at0 + COUNT), a1);
      a2 = b.fma(FloatVector.fromArray(SPECIES, w, at0 + 2 * COUNT), a2);
      a3 = b.fma(FloatVector.fromArray(SPECIES, w, at0 + 3 * COUNT), a3);
      int at1 = wAt + panel + j * 4 * COUNT;
      a4 = b.fma(FloatVector.fromArray(SPECIES, w, at1), a4);
      a5 = b.fma(FloatVector.fromArray(SPECIES, w, at1 + COUNT), a5);
      a6 = b.fma(FloatVector.fromArray(SPECIES, w, at1 + 2 * COUNT), a6);
      a7 = b.fma(FloatVector.fromArray(SPECIES, w, at1 + 3 * COUNT), a7);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a0.max(least).intoArray(y, yAt);
    a1.max(least).intoArray(y, yAt + COUNT);
    a2.max(least).intoArray(y, yAt + 2 * COUNT);
    a3.max(least).intoArray(y, yAt + 3 * COUNT);
    a4.max(least).intoArray(y, yAt + 4 * COUNT);
    a5.max(least).intoArray(y, yAt + 5 * COUNT);
    a6.max(least).intoArray(y, yAt + 6 * COUNT);
    a7.max(least).intoArray(y, yAt + 7 * COUNT);
  }

  /** Four panels of two vectors. */
  static void fourPanels2(
      float[] x, int xAt, float[] w, int wAt, int k, float[] init, int initAt, int panelStep, float lo,
      float[] y, int yAt) {
    int panel = k * 2 * COUNT;
    FloatVector a0 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a1 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a2 = FloatVector.fromArray(SPECIES, init, initAt + panelStep);
    FloatVector a3 = FloatVector.fromArray(SPECIES, init, initAt + panelStep + COUNT);
    FloatVector a4 = FloatVector.fromArray(SPECIES, init, initAt + 2 * panelStep);
    FloatVector a5 = FloatVector.fromArray(SPECIES, init, initAt + 2 * panelStep + COUNT);
    FloatVector a6 = FloatVector.fromArray(SPECIES, init, initAt + 3 * panelStep);
    FloatVector a7 = FloatVector.fromArray(SPECIES, init, initAt + 3 * panelStep + COUNT);
    for (int j = 0; j < k; j++) {
      FloatVector b = FloatVector.broadcast(SPECIES, x[xAt + j]);
      int at0 = wAt + j * 2 * COUNT;
      a0 = b.fma(FloatVector.fromArray(SPECIES, w, at0), a0);
      a1 = b.fma(FloatVector.fromArray(SPECIES, w, at0 + COUNT), a1);
      int at1 = wAt + panel + j * 2 * COUNT;
      a2 = b.fma(FloatVector.fromArray(SPECIES, w, at1), a2);
      a3 = b.fma(FloatVector.fromArray(SPECIES, w, at1 + COUNT), a3);
      int at2 = wAt + 2 * panel + j * 2 * COUNT;
      a4 = b.fma(FloatVector.fromArray(SPECIES, w, at2), a4);
      a5 = b.fma(FloatVector.fromArray(SPECIES, w, at2 + COUNT), a5);
      int at3 = wAt + 3 * panel + j * 2 * COUNT;
      a6 = b.fma(FloatVector.fromArray(SPECIES, w, at3), a6);
      a7 = b.fma(FloatVector.fromArray(SPECIES, w, at3 + COUNT), a7);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a0.max(least).intoArray(y, yAt);
    a1.max(least).intoArray(y, yAt + COUNT);
    a2.max(least).intoArray(y, yAt + 2 * COUNT);
    a3.max(least).intoArray(y, yAt + 3 * COUNT);
    a4.max(least).intoArray(y, yAt + 4 * COUNT);
    a5.max(least).intoArray(y, yAt + 5 * COUNT);
    a6.max(least).intoArray(y, yAt + 6 * COUNT);
    a7.max(least).intoArray(y, yAt + 7 * COUNT);
  }
}
