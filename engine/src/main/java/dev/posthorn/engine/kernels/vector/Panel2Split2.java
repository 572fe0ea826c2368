package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The tiles of a panel of two vectors: 6, 4, 2 or 1 rows at a time. Even and odd k make two partial sums.
 * One method for each number of rows, without a branch and with every sum in a variable of its own, is what C2 keeps
 * in registers.
 *
 * <p>All methods alike: row r of x begins at {@code xAt + r xStride} and has k numbers; the panel's weights begin at
 * {@code wAt}; sums start from {@code init[initAt ...]}, which has whole vectors; results below
 * {@code lo} become {@code lo} (0 or -infinity); whole vectors are written.
 */
final class Panel2Split2 {
  private Panel2Split2() {}

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
    FloatVector a40 = a00;
    FloatVector a41 = a01;
    FloatVector a42 = a02;
    FloatVector a43 = a03;
    FloatVector a50 = a00;
    FloatVector a51 = a01;
    FloatVector a52 = a02;
    FloatVector a53 = a03;
    int whole = k & -2;
    for (int j = 0; j < whole; j += 2) {
      int at = wAt + j * 2 * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b00 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b00.fma(w0, a00);
      a01 = b00.fma(w1, a01);
      FloatVector b10 = FloatVector.broadcast(SPECIES, x[x1 + j]);
      a10 = b10.fma(w0, a10);
      a11 = b10.fma(w1, a11);
      FloatVector b20 = FloatVector.broadcast(SPECIES, x[x2 + j]);
      a20 = b20.fma(w0, a20);
      a21 = b20.fma(w1, a21);
      FloatVector b30 = FloatVector.broadcast(SPECIES, x[x3 + j]);
      a30 = b30.fma(w0, a30);
      a31 = b30.fma(w1, a31);
      FloatVector b40 = FloatVector.broadcast(SPECIES, x[x4 + j]);
      a40 = b40.fma(w0, a40);
      a41 = b40.fma(w1, a41);
      FloatVector b50 = FloatVector.broadcast(SPECIES, x[x5 + j]);
      a50 = b50.fma(w0, a50);
      a51 = b50.fma(w1, a51);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b01 = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      a02 = b01.fma(w2, a02);
      a03 = b01.fma(w3, a03);
      FloatVector b11 = FloatVector.broadcast(SPECIES, x[x1 + j + 1]);
      a12 = b11.fma(w2, a12);
      a13 = b11.fma(w3, a13);
      FloatVector b21 = FloatVector.broadcast(SPECIES, x[x2 + j + 1]);
      a22 = b21.fma(w2, a22);
      a23 = b21.fma(w3, a23);
      FloatVector b31 = FloatVector.broadcast(SPECIES, x[x3 + j + 1]);
      a32 = b31.fma(w2, a32);
      a33 = b31.fma(w3, a33);
      FloatVector b41 = FloatVector.broadcast(SPECIES, x[x4 + j + 1]);
      a42 = b41.fma(w2, a42);
      a43 = b41.fma(w3, a43);
      FloatVector b51 = FloatVector.broadcast(SPECIES, x[x5 + j + 1]);
      a52 = b51.fma(w2, a52);
      a53 = b51.fma(w3, a53);
    }
    for (int j = whole; j < k; j++) {
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
    a00.add(a02).max(least).intoArray(y, yAt);
    a01.add(a03).max(least).intoArray(y, yAt + COUNT);
    int y1 = yAt + yStride;
    a10.add(a12).max(least).intoArray(y, y1);
    a11.add(a13).max(least).intoArray(y, y1 + COUNT);
    int y2 = y1 + yStride;
    a20.add(a22).max(least).intoArray(y, y2);
    a21.add(a23).max(least).intoArray(y, y2 + COUNT);
    int y3 = y2 + yStride;
    a30.add(a32).max(least).intoArray(y, y3);
    a31.add(a33).max(least).intoArray(y, y3 + COUNT);
    int y4 = y3 + yStride;
    a40.add(a42).max(least).intoArray(y, y4);
    a41.add(a43).max(least).intoArray(y, y4 + COUNT);
    int y5 = y4 + yStride;
    a50.add(a52).max(least).intoArray(y, y5);
    a51.add(a53).max(least).intoArray(y, y5 + COUNT);
  }

  static void rows4(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int x1 = xAt + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
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
    int whole = k & -2;
    for (int j = 0; j < whole; j += 2) {
      int at = wAt + j * 2 * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b00 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b00.fma(w0, a00);
      a01 = b00.fma(w1, a01);
      FloatVector b10 = FloatVector.broadcast(SPECIES, x[x1 + j]);
      a10 = b10.fma(w0, a10);
      a11 = b10.fma(w1, a11);
      FloatVector b20 = FloatVector.broadcast(SPECIES, x[x2 + j]);
      a20 = b20.fma(w0, a20);
      a21 = b20.fma(w1, a21);
      FloatVector b30 = FloatVector.broadcast(SPECIES, x[x3 + j]);
      a30 = b30.fma(w0, a30);
      a31 = b30.fma(w1, a31);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b01 = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      a02 = b01.fma(w2, a02);
      a03 = b01.fma(w3, a03);
      FloatVector b11 = FloatVector.broadcast(SPECIES, x[x1 + j + 1]);
      a12 = b11.fma(w2, a12);
      a13 = b11.fma(w3, a13);
      FloatVector b21 = FloatVector.broadcast(SPECIES, x[x2 + j + 1]);
      a22 = b21.fma(w2, a22);
      a23 = b21.fma(w3, a23);
      FloatVector b31 = FloatVector.broadcast(SPECIES, x[x3 + j + 1]);
      a32 = b31.fma(w2, a32);
      a33 = b31.fma(w3, a33);
    }
    for (int j = whole; j < k; j++) {
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
    a00.add(a02).max(least).intoArray(y, yAt);
    a01.add(a03).max(least).intoArray(y, yAt + COUNT);
    int y1 = yAt + yStride;
    a10.add(a12).max(least).intoArray(y, y1);
    a11.add(a13).max(least).intoArray(y, y1 + COUNT);
    int y2 = y1 + yStride;
    a20.add(a22).max(least).intoArray(y, y2);
    a21.add(a23).max(least).intoArray(y, y2 + COUNT);
    int y3 = y2 + yStride;
    a30.add(a32).max(least).intoArray(y, y3);
    a31.add(a33).max(least).intoArray(y, y3 + COUNT);
  }

  static void rows2(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int x1 = xAt + xStride;
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a02 = FloatVector.zero(SPECIES);
    FloatVector a03 = FloatVector.zero(SPECIES);
    FloatVector a10 = a00;
    FloatVector a11 = a01;
    FloatVector a12 = a02;
    FloatVector a13 = a03;
    int whole = k & -2;
    for (int j = 0; j < whole; j += 2) {
      int at = wAt + j * 2 * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b00 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b00.fma(w0, a00);
      a01 = b00.fma(w1, a01);
      FloatVector b10 = FloatVector.broadcast(SPECIES, x[x1 + j]);
      a10 = b10.fma(w0, a10);
      a11 = b10.fma(w1, a11);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b01 = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      a02 = b01.fma(w2, a02);
      a03 = b01.fma(w3, a03);
      FloatVector b11 = FloatVector.broadcast(SPECIES, x[x1 + j + 1]);
      a12 = b11.fma(w2, a12);
      a13 = b11.fma(w3, a13);
    }
    for (int j = whole; j < k; j++) {
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
    a00.add(a02).max(least).intoArray(y, yAt);
    a01.add(a03).max(least).intoArray(y, yAt + COUNT);
    int y1 = yAt + yStride;
    a10.add(a12).max(least).intoArray(y, y1);
    a11.add(a13).max(least).intoArray(y, y1 + COUNT);
  }

  static void rows1(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a02 = FloatVector.zero(SPECIES);
    FloatVector a03 = FloatVector.zero(SPECIES);
    int whole = k & -2;
    for (int j = 0; j < whole; j += 2) {
      int at = wAt + j * 2 * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b00 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b00.fma(w0, a00);
      a01 = b00.fma(w1, a01);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b01 = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      a02 = b01.fma(w2, a02);
      a03 = b01.fma(w3, a03);
    }
    for (int j = whole; j < k; j++) {
      int at = wAt + j * 2 * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.add(a02).max(least).intoArray(y, yAt);
    a01.add(a03).max(least).intoArray(y, yAt + COUNT);
  }
}
