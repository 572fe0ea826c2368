package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The tiles of a panel of one vector: 4, 2 or 1 rows at a time. Every fourth k belongs to one of four partial sums.
 * One method for each number of rows, without a branch and with every sum in a variable of its own, is what C2 keeps
 * in registers.
 *
 * <p>All methods alike: row r of x begins at {@code xAt + r xStride} and has k numbers; the panel's weights begin at
 * {@code wAt}; sums start from {@code init[initAt ...]}, which has whole vectors; results below
 * {@code lo} become {@code lo} (0 or -infinity); whole vectors are written.
 */
final class Panel1Split4 {
  private Panel1Split4() {}

  static void rows4(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int x1 = xAt + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.zero(SPECIES);
    FloatVector a02 = FloatVector.zero(SPECIES);
    FloatVector a03 = FloatVector.zero(SPECIES);
    FloatVector a10 = a00;
    FloatVector a11 = a01;
    FloatVector a12 = a02;
    FloatVector a13 = a03;
    FloatVector a20 = a00;
    FloatVector a21 = a01;
    FloatVector a22 = a02;
    FloatVector a23 = a03;
    FloatVector a30 = a00;
    FloatVector a31 = a01;
    FloatVector a32 = a02;
    FloatVector a33 = a03;
    int whole = k & -4;
    for (int j = 0; j < whole; j += 4) {
      int at = wAt + j * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b00 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b00.fma(w0, a00);
      FloatVector b10 = FloatVector.broadcast(SPECIES, x[x1 + j]);
      a10 = b10.fma(w0, a10);
      FloatVector b20 = FloatVector.broadcast(SPECIES, x[x2 + j]);
      a20 = b20.fma(w0, a20);
      FloatVector b30 = FloatVector.broadcast(SPECIES, x[x3 + j]);
      a30 = b30.fma(w0, a30);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b01 = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      a01 = b01.fma(w1, a01);
      FloatVector b11 = FloatVector.broadcast(SPECIES, x[x1 + j + 1]);
      a11 = b11.fma(w1, a11);
      FloatVector b21 = FloatVector.broadcast(SPECIES, x[x2 + j + 1]);
      a21 = b21.fma(w1, a21);
      FloatVector b31 = FloatVector.broadcast(SPECIES, x[x3 + j + 1]);
      a31 = b31.fma(w1, a31);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector b02 = FloatVector.broadcast(SPECIES, x[xAt + j + 2]);
      a02 = b02.fma(w2, a02);
      FloatVector b12 = FloatVector.broadcast(SPECIES, x[x1 + j + 2]);
      a12 = b12.fma(w2, a12);
      FloatVector b22 = FloatVector.broadcast(SPECIES, x[x2 + j + 2]);
      a22 = b22.fma(w2, a22);
      FloatVector b32 = FloatVector.broadcast(SPECIES, x[x3 + j + 2]);
      a32 = b32.fma(w2, a32);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b03 = FloatVector.broadcast(SPECIES, x[xAt + j + 3]);
      a03 = b03.fma(w3, a03);
      FloatVector b13 = FloatVector.broadcast(SPECIES, x[x1 + j + 3]);
      a13 = b13.fma(w3, a13);
      FloatVector b23 = FloatVector.broadcast(SPECIES, x[x2 + j + 3]);
      a23 = b23.fma(w3, a23);
      FloatVector b33 = FloatVector.broadcast(SPECIES, x[x3 + j + 3]);
      a33 = b33.fma(w3, a33);
    }
    for (int j = whole; j < k; j++) {
      int at = wAt + j * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b0.fma(w0, a00);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[x1 + j]);
      a10 = b1.fma(w0, a10);
      FloatVector b2 = FloatVector.broadcast(SPECIES, x[x2 + j]);
      a20 = b2.fma(w0, a20);
      FloatVector b3 = FloatVector.broadcast(SPECIES, x[x3 + j]);
      a30 = b3.fma(w0, a30);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.add(a01).add(a02.add(a03)).max(least).intoArray(y, yAt);
    int y1 = yAt + yStride;
    a10.add(a11).add(a12.add(a13)).max(least).intoArray(y, y1);
    int y2 = y1 + yStride;
    a20.add(a21).add(a22.add(a23)).max(least).intoArray(y, y2);
    int y3 = y2 + yStride;
    a30.add(a31).add(a32.add(a33)).max(least).intoArray(y, y3);
  }

  static void rows2(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int x1 = xAt + xStride;
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.zero(SPECIES);
    FloatVector a02 = FloatVector.zero(SPECIES);
    FloatVector a03 = FloatVector.zero(SPECIES);
    FloatVector a10 = a00;
    FloatVector a11 = a01;
    FloatVector a12 = a02;
    FloatVector a13 = a03;
    int whole = k & -4;
    for (int j = 0; j < whole; j += 4) {
      int at = wAt + j * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b00 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b00.fma(w0, a00);
      FloatVector b10 = FloatVector.broadcast(SPECIES, x[x1 + j]);
      a10 = b10.fma(w0, a10);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b01 = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      a01 = b01.fma(w1, a01);
      FloatVector b11 = FloatVector.broadcast(SPECIES, x[x1 + j + 1]);
      a11 = b11.fma(w1, a11);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector b02 = FloatVector.broadcast(SPECIES, x[xAt + j + 2]);
      a02 = b02.fma(w2, a02);
      FloatVector b12 = FloatVector.broadcast(SPECIES, x[x1 + j + 2]);
      a12 = b12.fma(w2, a12);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b03 = FloatVector.broadcast(SPECIES, x[xAt + j + 3]);
      a03 = b03.fma(w3, a03);
      FloatVector b13 = FloatVector.broadcast(SPECIES, x[x1 + j + 3]);
      a13 = b13.fma(w3, a13);
    }
    for (int j = whole; j < k; j++) {
      int at = wAt + j * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b0.fma(w0, a00);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[x1 + j]);
      a10 = b1.fma(w0, a10);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.add(a01).add(a02.add(a03)).max(least).intoArray(y, yAt);
    int y1 = yAt + yStride;
    a10.add(a11).add(a12.add(a13)).max(least).intoArray(y, y1);
  }

  static void rows1(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.zero(SPECIES);
    FloatVector a02 = FloatVector.zero(SPECIES);
    FloatVector a03 = FloatVector.zero(SPECIES);
    int whole = k & -4;
    for (int j = 0; j < whole; j += 4) {
      int at = wAt + j * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b00 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b00.fma(w0, a00);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b01 = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      a01 = b01.fma(w1, a01);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector b02 = FloatVector.broadcast(SPECIES, x[xAt + j + 2]);
      a02 = b02.fma(w2, a02);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b03 = FloatVector.broadcast(SPECIES, x[xAt + j + 3]);
      a03 = b03.fma(w3, a03);
    }
    for (int j = whole; j < k; j++) {
      int at = wAt + j * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b0.fma(w0, a00);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.add(a01).add(a02.add(a03)).max(least).intoArray(y, yAt);
  }
}
