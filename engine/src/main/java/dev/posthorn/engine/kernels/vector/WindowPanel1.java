package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The tiles of a convolution with a panel of one vector: 12, 6, 2 or 1 windows at a time. Each sum runs through the
 * window's numbers in order, whatever the number of windows. One loop over a table of places: nested ones over runs were
 * three times slower, for C2 then lets go of the registers. Without a branch and with every sum in a variable of its own,
 * as {@link Panel4}; the arguments are those of {@link WindowTile#multiply}.
 */
final class WindowPanel1 {
  private WindowPanel1() {}

  static void pixels12(
      float[] x, int[] pixels, int pixel, int[] offsets, int k, float[] w, int wAt,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel];
    int p1 = pixels[pixel + 1];
    int p2 = pixels[pixel + 2];
    int p3 = pixels[pixel + 3];
    int p4 = pixels[pixel + 4];
    int p5 = pixels[pixel + 5];
    int p6 = pixels[pixel + 6];
    int p7 = pixels[pixel + 7];
    int p8 = pixels[pixel + 8];
    int p9 = pixels[pixel + 9];
    int p10 = pixels[pixel + 10];
    int p11 = pixels[pixel + 11];
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a10 = a00;
    FloatVector a20 = a00;
    FloatVector a30 = a00;
    FloatVector a40 = a00;
    FloatVector a50 = a00;
    FloatVector a60 = a00;
    FloatVector a70 = a00;
    FloatVector a80 = a00;
    FloatVector a90 = a00;
    FloatVector a100 = a00;
    FloatVector a110 = a00;
    for (int j = 0; j < k; j++) {
      int at = wAt + j * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[p1 + offset]);
      a10 = b1.fma(w0, a10);
      FloatVector b2 = FloatVector.broadcast(SPECIES, x[p2 + offset]);
      a20 = b2.fma(w0, a20);
      FloatVector b3 = FloatVector.broadcast(SPECIES, x[p3 + offset]);
      a30 = b3.fma(w0, a30);
      FloatVector b4 = FloatVector.broadcast(SPECIES, x[p4 + offset]);
      a40 = b4.fma(w0, a40);
      FloatVector b5 = FloatVector.broadcast(SPECIES, x[p5 + offset]);
      a50 = b5.fma(w0, a50);
      FloatVector b6 = FloatVector.broadcast(SPECIES, x[p6 + offset]);
      a60 = b6.fma(w0, a60);
      FloatVector b7 = FloatVector.broadcast(SPECIES, x[p7 + offset]);
      a70 = b7.fma(w0, a70);
      FloatVector b8 = FloatVector.broadcast(SPECIES, x[p8 + offset]);
      a80 = b8.fma(w0, a80);
      FloatVector b9 = FloatVector.broadcast(SPECIES, x[p9 + offset]);
      a90 = b9.fma(w0, a90);
      FloatVector b10 = FloatVector.broadcast(SPECIES, x[p10 + offset]);
      a100 = b10.fma(w0, a100);
      FloatVector b11 = FloatVector.broadcast(SPECIES, x[p11 + offset]);
      a110 = b11.fma(w0, a110);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    int y1 = yAt + yStride;
    a10.max(least).intoArray(y, y1);
    int y2 = y1 + yStride;
    a20.max(least).intoArray(y, y2);
    int y3 = y2 + yStride;
    a30.max(least).intoArray(y, y3);
    int y4 = y3 + yStride;
    a40.max(least).intoArray(y, y4);
    int y5 = y4 + yStride;
    a50.max(least).intoArray(y, y5);
    int y6 = y5 + yStride;
    a60.max(least).intoArray(y, y6);
    int y7 = y6 + yStride;
    a70.max(least).intoArray(y, y7);
    int y8 = y7 + yStride;
    a80.max(least).intoArray(y, y8);
    int y9 = y8 + yStride;
    a90.max(least).intoArray(y, y9);
    int y10 = y9 + yStride;
    a100.max(least).intoArray(y, y10);
    int y11 = y10 + yStride;
    a110.max(least).intoArray(y, y11);
  }

  static void pixels6(
      float[] x, int[] pixels, int pixel, int[] offsets, int k, float[] w, int wAt,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel];
    int p1 = pixels[pixel + 1];
    int p2 = pixels[pixel + 2];
    int p3 = pixels[pixel + 3];
    int p4 = pixels[pixel + 4];
    int p5 = pixels[pixel + 5];
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a10 = a00;
    FloatVector a20 = a00;
    FloatVector a30 = a00;
    FloatVector a40 = a00;
    FloatVector a50 = a00;
    for (int j = 0; j < k; j++) {
      int at = wAt + j * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[p1 + offset]);
      a10 = b1.fma(w0, a10);
      FloatVector b2 = FloatVector.broadcast(SPECIES, x[p2 + offset]);
      a20 = b2.fma(w0, a20);
      FloatVector b3 = FloatVector.broadcast(SPECIES, x[p3 + offset]);
      a30 = b3.fma(w0, a30);
      FloatVector b4 = FloatVector.broadcast(SPECIES, x[p4 + offset]);
      a40 = b4.fma(w0, a40);
      FloatVector b5 = FloatVector.broadcast(SPECIES, x[p5 + offset]);
      a50 = b5.fma(w0, a50);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    int y1 = yAt + yStride;
    a10.max(least).intoArray(y, y1);
    int y2 = y1 + yStride;
    a20.max(least).intoArray(y, y2);
    int y3 = y2 + yStride;
    a30.max(least).intoArray(y, y3);
    int y4 = y3 + yStride;
    a40.max(least).intoArray(y, y4);
    int y5 = y4 + yStride;
    a50.max(least).intoArray(y, y5);
  }

  static void pixels2(
      float[] x, int[] pixels, int pixel, int[] offsets, int k, float[] w, int wAt,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel];
    int p1 = pixels[pixel + 1];
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a10 = a00;
    for (int j = 0; j < k; j++) {
      int at = wAt + j * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[p1 + offset]);
      a10 = b1.fma(w0, a10);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    int y1 = yAt + yStride;
    a10.max(least).intoArray(y, y1);
  }

  static void pixels1(
      float[] x, int[] pixels, int pixel, int[] offsets, int k, float[] w, int wAt,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel];
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    for (int j = 0; j < k; j++) {
      int at = wAt + j * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
  }
}
