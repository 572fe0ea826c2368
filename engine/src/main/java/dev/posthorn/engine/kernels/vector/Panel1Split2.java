package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The tiles of a panel of one vector on machines with 16 vector registers:
 * 4, 2 or 1 rows at a time. Even and odd k make two partial sums.
 * One method for each number of rows, without a branch and with every sum in a variable of its own, is what C2 keeps
 * in registers.
 *
 * <p>All methods alike: row r of x begins at {@code xAt + r xStride} and has k numbers; the panel's weights begin at
 * {@code wAt}; sums start from {@code init[initAt ...]}, which has whole vectors; results below
 * {@code lo} become {@code lo} (0 or -infinity); whole vectors are written.
 */
final class Panel1Split2 {
  private Panel1Split2() {}

  static void rows4(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int x1 = xAt + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.zero(SPECIES);
    FloatVector a10 = a00;
    FloatVector a11 = a01;
    FloatVector a20 = a00;
    FloatVector a21 = a01;
    FloatVector a30 = a00;
    FloatVector a31 = a01;
    int whole = k & -2;
    for (int j = 0; j < whole; j += 2) {
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
    a00.add(a01).max(least).intoArray(y, yAt);
    int y1 = yAt + yStride;
    a10.add(a11).max(least).intoArray(y, y1);
    int y2 = y1 + yStride;
    a20.add(a21).max(least).intoArray(y, y2);
    int y3 = y2 + yStride;
    a30.add(a31).max(least).intoArray(y, y3);
  }

  static void rows2(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int x1 = xAt + xStride;
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.zero(SPECIES);
    FloatVector a10 = a00;
    FloatVector a11 = a01;
    int whole = k & -2;
    for (int j = 0; j < whole; j += 2) {
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
    a00.add(a01).max(least).intoArray(y, yAt);
    int y1 = yAt + yStride;
    a10.add(a11).max(least).intoArray(y, y1);
  }

  static void rows1(
      float[] x, int xAt, int xStride, float[] w, int wAt, int k,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.zero(SPECIES);
    int whole = k & -2;
    for (int j = 0; j < whole; j += 2) {
      int at = wAt + j * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b00 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b00.fma(w0, a00);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b01 = FloatVector.broadcast(SPECIES, x[xAt + j + 1]);
      a01 = b01.fma(w1, a01);
    }
    for (int j = whole; j < k; j++) {
      int at = wAt + j * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[xAt + j]);
      a00 = b0.fma(w0, a00);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.add(a01).max(least).intoArray(y, yAt);
  }
}
