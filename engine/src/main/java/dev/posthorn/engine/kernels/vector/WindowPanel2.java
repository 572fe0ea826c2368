package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The tiles of a convolution with a panel of two vectors: 12, 6, 2 or 1 windows at a time. Each sum runs through the
 * window's numbers in order, whatever the number of windows. One loop over a table of places: nested ones over runs were
 * three times slower, for C2 then lets go of the registers. Without a branch and with every sum in a variable of its own,
 * as {@link Panel4}; the arguments are those of {@link WindowTile#multiply}.
 */
final class WindowPanel2 {
  private WindowPanel2() {}

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
    FloatVector a60 = a00;
    FloatVector a61 = a01;
    FloatVector a70 = a00;
    FloatVector a71 = a01;
    FloatVector a80 = a00;
    FloatVector a81 = a01;
    FloatVector a90 = a00;
    FloatVector a91 = a01;
    FloatVector a100 = a00;
    FloatVector a101 = a01;
    FloatVector a110 = a00;
    FloatVector a111 = a01;
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 2 * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[p1 + offset]);
      a10 = b1.fma(w0, a10);
      a11 = b1.fma(w1, a11);
      FloatVector b2 = FloatVector.broadcast(SPECIES, x[p2 + offset]);
      a20 = b2.fma(w0, a20);
      a21 = b2.fma(w1, a21);
      FloatVector b3 = FloatVector.broadcast(SPECIES, x[p3 + offset]);
      a30 = b3.fma(w0, a30);
      a31 = b3.fma(w1, a31);
      FloatVector b4 = FloatVector.broadcast(SPECIES, x[p4 + offset]);
      a40 = b4.fma(w0, a40);
      a41 = b4.fma(w1, a41);
      FloatVector b5 = FloatVector.broadcast(SPECIES, x[p5 + offset]);
      a50 = b5.fma(w0, a50);
      a51 = b5.fma(w1, a51);
      FloatVector b6 = FloatVector.broadcast(SPECIES, x[p6 + offset]);
      a60 = b6.fma(w0, a60);
      a61 = b6.fma(w1, a61);
      FloatVector b7 = FloatVector.broadcast(SPECIES, x[p7 + offset]);
      a70 = b7.fma(w0, a70);
      a71 = b7.fma(w1, a71);
      FloatVector b8 = FloatVector.broadcast(SPECIES, x[p8 + offset]);
      a80 = b8.fma(w0, a80);
      a81 = b8.fma(w1, a81);
      FloatVector b9 = FloatVector.broadcast(SPECIES, x[p9 + offset]);
      a90 = b9.fma(w0, a90);
      a91 = b9.fma(w1, a91);
      FloatVector b10 = FloatVector.broadcast(SPECIES, x[p10 + offset]);
      a100 = b10.fma(w0, a100);
      a101 = b10.fma(w1, a101);
      FloatVector b11 = FloatVector.broadcast(SPECIES, x[p11 + offset]);
      a110 = b11.fma(w0, a110);
      a111 = b11.fma(w1, a111);
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
    int y6 = y5 + yStride;
    a60.max(least).intoArray(y, y6);
    a61.max(least).intoArray(y, y6 + COUNT);
    int y7 = y6 + yStride;
    a70.max(least).intoArray(y, y7);
    a71.max(least).intoArray(y, y7 + COUNT);
    int y8 = y7 + yStride;
    a80.max(least).intoArray(y, y8);
    a81.max(least).intoArray(y, y8 + COUNT);
    int y9 = y8 + yStride;
    a90.max(least).intoArray(y, y9);
    a91.max(least).intoArray(y, y9 + COUNT);
    int y10 = y9 + yStride;
    a100.max(least).intoArray(y, y10);
    a101.max(least).intoArray(y, y10 + COUNT);
    int y11 = y10 + yStride;
    a110.max(least).intoArray(y, y11);
    a111.max(least).intoArray(y, y11 + COUNT);
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
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[p1 + offset]);
      a10 = b1.fma(w0, a10);
      a11 = b1.fma(w1, a11);
      FloatVector b2 = FloatVector.broadcast(SPECIES, x[p2 + offset]);
      a20 = b2.fma(w0, a20);
      a21 = b2.fma(w1, a21);
      FloatVector b3 = FloatVector.broadcast(SPECIES, x[p3 + offset]);
      a30 = b3.fma(w0, a30);
      a31 = b3.fma(w1, a31);
      FloatVector b4 = FloatVector.broadcast(SPECIES, x[p4 + offset]);
      a40 = b4.fma(w0, a40);
      a41 = b4.fma(w1, a41);
      FloatVector b5 = FloatVector.broadcast(SPECIES, x[p5 + offset]);
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

  static void pixels2(
      float[] x, int[] pixels, int pixel, int[] offsets, int k, float[] w, int wAt,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel];
    int p1 = pixels[pixel + 1];
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a10 = a00;
    FloatVector a11 = a01;
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 2 * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[p1 + offset]);
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

  static void pixels1(
      float[] x, int[] pixels, int pixel, int[] offsets, int k, float[] w, int wAt,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel];
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 2 * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    a01.max(least).intoArray(y, yAt + COUNT);
  }
}
