package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The tiles of a convolution with a panel of four vectors: 6, 4, 2 or 1 windows at a time. Each sum runs through the
 * window's numbers in order, whatever the number of windows. One loop over a table of places: nested ones over runs were
 * three times slower, for C2 then lets go of the registers. Without a branch and with every sum in a variable of its own,
 * as {@link Panel4}; the arguments are those of {@link WindowTile#multiply}.
 */
final class WindowPanel4 {
  private WindowPanel4() {}

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
    FloatVector a02 = FloatVector.fromArray(SPECIES, init, initAt + 2 * COUNT);
    FloatVector a03 = FloatVector.fromArray(SPECIES, init, initAt + 3 * COUNT);
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
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 4 * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
      a02 = b0.fma(w2, a02);
      a03 = b0.fma(w3, a03);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[p1 + offset]);
      a10 = b1.fma(w0, a10);
      a11 = b1.fma(w1, a11);
      a12 = b1.fma(w2, a12);
      a13 = b1.fma(w3, a13);
      FloatVector b2 = FloatVector.broadcast(SPECIES, x[p2 + offset]);
      a20 = b2.fma(w0, a20);
      a21 = b2.fma(w1, a21);
      a22 = b2.fma(w2, a22);
      a23 = b2.fma(w3, a23);
      FloatVector b3 = FloatVector.broadcast(SPECIES, x[p3 + offset]);
      a30 = b3.fma(w0, a30);
      a31 = b3.fma(w1, a31);
      a32 = b3.fma(w2, a32);
      a33 = b3.fma(w3, a33);
      FloatVector b4 = FloatVector.broadcast(SPECIES, x[p4 + offset]);
      a40 = b4.fma(w0, a40);
      a41 = b4.fma(w1, a41);
      a42 = b4.fma(w2, a42);
      a43 = b4.fma(w3, a43);
      FloatVector b5 = FloatVector.broadcast(SPECIES, x[p5 + offset]);
      a50 = b5.fma(w0, a50);
      a51 = b5.fma(w1, a51);
      a52 = b5.fma(w2, a52);
      a53 = b5.fma(w3, a53);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    a01.max(least).intoArray(y, yAt + COUNT);
    a02.max(least).intoArray(y, yAt + 2 * COUNT);
    a03.max(least).intoArray(y, yAt + 3 * COUNT);
    int y1 = yAt + yStride;
    a10.max(least).intoArray(y, y1);
    a11.max(least).intoArray(y, y1 + COUNT);
    a12.max(least).intoArray(y, y1 + 2 * COUNT);
    a13.max(least).intoArray(y, y1 + 3 * COUNT);
    int y2 = y1 + yStride;
    a20.max(least).intoArray(y, y2);
    a21.max(least).intoArray(y, y2 + COUNT);
    a22.max(least).intoArray(y, y2 + 2 * COUNT);
    a23.max(least).intoArray(y, y2 + 3 * COUNT);
    int y3 = y2 + yStride;
    a30.max(least).intoArray(y, y3);
    a31.max(least).intoArray(y, y3 + COUNT);
    a32.max(least).intoArray(y, y3 + 2 * COUNT);
    a33.max(least).intoArray(y, y3 + 3 * COUNT);
    int y4 = y3 + yStride;
    a40.max(least).intoArray(y, y4);
    a41.max(least).intoArray(y, y4 + COUNT);
    a42.max(least).intoArray(y, y4 + 2 * COUNT);
    a43.max(least).intoArray(y, y4 + 3 * COUNT);
    int y5 = y4 + yStride;
    a50.max(least).intoArray(y, y5);
    a51.max(least).intoArray(y, y5 + COUNT);
    a52.max(least).intoArray(y, y5 + 2 * COUNT);
    a53.max(least).intoArray(y, y5 + 3 * COUNT);
  }

  static void pixels4(
      float[] x, int[] pixels, int pixel, int[] offsets, int k, float[] w, int wAt,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel];
    int p1 = pixels[pixel + 1];
    int p2 = pixels[pixel + 2];
    int p3 = pixels[pixel + 3];
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a02 = FloatVector.fromArray(SPECIES, init, initAt + 2 * COUNT);
    FloatVector a03 = FloatVector.fromArray(SPECIES, init, initAt + 3 * COUNT);
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
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 4 * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
      a02 = b0.fma(w2, a02);
      a03 = b0.fma(w3, a03);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[p1 + offset]);
      a10 = b1.fma(w0, a10);
      a11 = b1.fma(w1, a11);
      a12 = b1.fma(w2, a12);
      a13 = b1.fma(w3, a13);
      FloatVector b2 = FloatVector.broadcast(SPECIES, x[p2 + offset]);
      a20 = b2.fma(w0, a20);
      a21 = b2.fma(w1, a21);
      a22 = b2.fma(w2, a22);
      a23 = b2.fma(w3, a23);
      FloatVector b3 = FloatVector.broadcast(SPECIES, x[p3 + offset]);
      a30 = b3.fma(w0, a30);
      a31 = b3.fma(w1, a31);
      a32 = b3.fma(w2, a32);
      a33 = b3.fma(w3, a33);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    a01.max(least).intoArray(y, yAt + COUNT);
    a02.max(least).intoArray(y, yAt + 2 * COUNT);
    a03.max(least).intoArray(y, yAt + 3 * COUNT);
    int y1 = yAt + yStride;
    a10.max(least).intoArray(y, y1);
    a11.max(least).intoArray(y, y1 + COUNT);
    a12.max(least).intoArray(y, y1 + 2 * COUNT);
    a13.max(least).intoArray(y, y1 + 3 * COUNT);
    int y2 = y1 + yStride;
    a20.max(least).intoArray(y, y2);
    a21.max(least).intoArray(y, y2 + COUNT);
    a22.max(least).intoArray(y, y2 + 2 * COUNT);
    a23.max(least).intoArray(y, y2 + 3 * COUNT);
    int y3 = y2 + yStride;
    a30.max(least).intoArray(y, y3);
    a31.max(least).intoArray(y, y3 + COUNT);
    a32.max(least).intoArray(y, y3 + 2 * COUNT);
    a33.max(least).intoArray(y, y3 + 3 * COUNT);
  }

  static void pixels2(
      float[] x, int[] pixels, int pixel, int[] offsets, int k, float[] w, int wAt,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel];
    int p1 = pixels[pixel + 1];
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a02 = FloatVector.fromArray(SPECIES, init, initAt + 2 * COUNT);
    FloatVector a03 = FloatVector.fromArray(SPECIES, init, initAt + 3 * COUNT);
    FloatVector a10 = a00;
    FloatVector a11 = a01;
    FloatVector a12 = a02;
    FloatVector a13 = a03;
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 4 * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
      a02 = b0.fma(w2, a02);
      a03 = b0.fma(w3, a03);
      FloatVector b1 = FloatVector.broadcast(SPECIES, x[p1 + offset]);
      a10 = b1.fma(w0, a10);
      a11 = b1.fma(w1, a11);
      a12 = b1.fma(w2, a12);
      a13 = b1.fma(w3, a13);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    a01.max(least).intoArray(y, yAt + COUNT);
    a02.max(least).intoArray(y, yAt + 2 * COUNT);
    a03.max(least).intoArray(y, yAt + 3 * COUNT);
    int y1 = yAt + yStride;
    a10.max(least).intoArray(y, y1);
    a11.max(least).intoArray(y, y1 + COUNT);
    a12.max(least).intoArray(y, y1 + 2 * COUNT);
    a13.max(least).intoArray(y, y1 + 3 * COUNT);
  }

  static void pixels1(
      float[] x, int[] pixels, int pixel, int[] offsets, int k, float[] w, int wAt,
      float[] init, int initAt, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel];
    FloatVector a00 = FloatVector.fromArray(SPECIES, init, initAt);
    FloatVector a01 = FloatVector.fromArray(SPECIES, init, initAt + COUNT);
    FloatVector a02 = FloatVector.fromArray(SPECIES, init, initAt + 2 * COUNT);
    FloatVector a03 = FloatVector.fromArray(SPECIES, init, initAt + 3 * COUNT);
    for (int j = 0; j < k; j++) {
      int at = wAt + j * 4 * COUNT;
      int offset = offsets[j];
      FloatVector w0 = FloatVector.fromArray(SPECIES, w, at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, w, at + COUNT);
      FloatVector w2 = FloatVector.fromArray(SPECIES, w, at + 2 * COUNT);
      FloatVector w3 = FloatVector.fromArray(SPECIES, w, at + 3 * COUNT);
      FloatVector b0 = FloatVector.broadcast(SPECIES, x[p0 + offset]);
      a00 = b0.fma(w0, a00);
      a01 = b0.fma(w1, a01);
      a02 = b0.fma(w2, a02);
      a03 = b0.fma(w3, a03);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a00.max(least).intoArray(y, yAt);
    a01.max(least).intoArray(y, yAt + COUNT);
    a02.max(least).intoArray(y, yAt + 2 * COUNT);
    a03.max(least).intoArray(y, yAt + 3 * COUNT);
  }
}
