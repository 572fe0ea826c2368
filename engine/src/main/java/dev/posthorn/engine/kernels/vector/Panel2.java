package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The tiles of a panel of two vectors on machines with 16 vector registers:
 * 6, 4, 2 or 1 rows at a time. Each sum runs through k in order.
 * One method for each number of rows, without a branch and with every sum in a variable of its own, is what C2 keeps
 * in registers.
 *
 * <p>All methods alike: row r of x begins at {@code xAt + r xStride} and has k numbers; the panel's weights begin at
 * {@code wAt}; sums start from {@code init[initAt ...]}, which has whole vectors; results below
 * {@code lo} become {@code lo} (0 or -infinity); whole vectors are written.
 */
final class Panel2 {
  private Panel2() {}

  static void rows6(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int x1 = xAt + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    int x4 = x3 + xStride;
    int x5 = x4 + xStride;
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a10 = a00;
    FloatVector a11 = a01;
    FloatVector a20 = a00;
    FloatVector a21 = a01;
    FloatVector a30 = a00;
    FloatVector a31 = a01;
    FloatVector a40 = a00;
    FloatVector a41 = a01;
    FloatVector a50 = a00;
    FloatVector a51 = a01;
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 2 * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[x1 + j]);
      a10 = b1.fma(w0, a10);
      a11 = b1.fma(w1, a11);
      FloatVector b2 = FloatVector.broadcast(SPECIES, x[x2 + j]);
      a20 = b2.fma(w0, a20);
      a21 = b2.fma(w1, a21);
      FloatVector b3 = FloatVector.broadcast(SPECIES, x[x3 + j]);
      a30 = b3.fma(w0, a30);
      a31 = b3.fma(w1, a31);
      FloatVector b4 = FloatVector.broadcast(SPECIES, x[x4 + j]);
      a40 = b4.fma(w0, a40);
      a41 = b4.fma(w1, a41);
      FloatVector b5 = FloatVector.broadcast(SPECIES, x[x5 + j]);
      a50 = b5.fma(w0, a50);
      a51 = b5.fma(w1, a51);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    a01.max(least).intoArray(y, yAt + COUNT);
    int y1 = yAt + yStride;
    a10.max(least).intoArray(y, y1);
    a11.max(least).intoArray(y, y1 + COUNT);
    int y2 = y1 + yStride;
    a20.max(least).intoArray(y, y2);
    a21.max(least).intoArray(y, y2 + COUNT);
    int y3 = y2 + yStride;
    a30.max(least).intoArray(y, y3);
    a31.max(least).intoArray(y, y3 + COUNT);
    int y4 = y3 + yStride;
    a40.max(least).intoArray(y, y4);
    a41.max(least).intoArray(y, y4 + COUNT);
    int y5 = y4 + yStride;
    a50.max(least).intoArray(y, y5);
    a51.max(least).intoArray(y, y5 + COUNT);
  }

  static void rows4(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int x1 = xAt + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a10 = a00;
    FloatVector a11 = a01;
    FloatVector a20 = a00;
    FloatVector a21 = a01;
    FloatVector a30 = a00;
    FloatVector a31 = a01;
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 2 * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[x1 + j]);
      a10 = b1.fma(w0, a10);
      a11 = b1.fma(w1, a11);
      FloatVector b2 = FloatVector.broadcast(SPECIES, x[x2 + j]);
      a20 = b2.fma(w0, a20);
      a21 = b2.fma(w1, a21);
      FloatVector b3 = FloatVector.broadcast(SPECIES, x[x3 + j]);
      a30 = b3.fma(w0, a30);
      a31 = b3.fma(w1, a31);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    a01.max(least).intoArray(y, yAt + COUNT);
    int y1 = yAt + yStride;
    a10.max(least).intoArray(y, y1);
    a11.max(least).intoArray(y, y1 + COUNT);
    int y2 = y1 + yStride;
    a20.max(least).intoArray(y, y2);
    a21.max(least).intoArray(y, y2 + COUNT);
    int y3 = y2 + yStride;
    a30.max(least).intoArray(y, y3);
    a31.max(least).intoArray(y, y3 + COUNT);
  }

  static void rows2(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int x1 = xAt + xStride;
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a10 = a00;
    FloatVector a11 = a01;
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 2 * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[x1 + j]);
      a10 = b1.fma(w0, a10);
      a11 = b1.fma(w1, a11);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    a01.max(least).intoArray(y, yAt + COUNT);
    int y1 = yAt + yStride;
    a10.max(least).intoArray(y, y1);
    a11.max(least).intoArray(y, y1 + COUNT);
  }

  static void rows1(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 2 * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    a01.max(least).intoArray(y, yAt + COUNT);
  }
}
