package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * One vector of channels of several windows at once, so that a weight that was loaded serves them all. Sums start from
 * {@code init} and run through the cells in order; results below {@code lo} become {@code lo}. The masked ones are for
 * fewer channels than a vector has.
 */
final class DepthwiseTiles {
  private DepthwiseTiles() {}

  static void pixels8(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, float[] w, int channels,
      float[] init, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel] + channel;
    int p1 = pixels[pixel + 1] + channel;
    int p2 = pixels[pixel + 2] + channel;
    int p3 = pixels[pixel + 3] + channel;
    int p4 = pixels[pixel + 4] + channel;
    int p5 = pixels[pixel + 5] + channel;
    int p6 = pixels[pixel + 6] + channel;
    int p7 = pixels[pixel + 7] + channel;
    FloatVector a0 = FloatVector.fromArray(SPECIES, init, channel);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    FloatVector a4 = a0;
    FloatVector a5 = a0;
    FloatVector a6 = a0;
    FloatVector a7 = a0;
    for (int cell = 0; cell < cellCount; cell++) {
      int at = cells[cell];
      FloatVector v = FloatVector.fromArray(SPECIES, w, cell * channels + channel);
      a0 = FloatVector.fromArray(SPECIES, x, p0 + at).fma(v, a0);
      a1 = FloatVector.fromArray(SPECIES, x, p1 + at).fma(v, a1);
      a2 = FloatVector.fromArray(SPECIES, x, p2 + at).fma(v, a2);
      a3 = FloatVector.fromArray(SPECIES, x, p3 + at).fma(v, a3);
      a4 = FloatVector.fromArray(SPECIES, x, p4 + at).fma(v, a4);
      a5 = FloatVector.fromArray(SPECIES, x, p5 + at).fma(v, a5);
      a6 = FloatVector.fromArray(SPECIES, x, p6 + at).fma(v, a6);
      a7 = FloatVector.fromArray(SPECIES, x, p7 + at).fma(v, a7);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a0.max(least).intoArray(y, yAt);
    a1.max(least).intoArray(y, yAt + yStride);
    a2.max(least).intoArray(y, yAt + 2 * yStride);
    a3.max(least).intoArray(y, yAt + 3 * yStride);
    a4.max(least).intoArray(y, yAt + 4 * yStride);
    a5.max(least).intoArray(y, yAt + 5 * yStride);
    a6.max(least).intoArray(y, yAt + 6 * yStride);
    a7.max(least).intoArray(y, yAt + 7 * yStride);
  }

  static void pixels4(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, float[] w, int channels,
      float[] init, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel] + channel;
    int p1 = pixels[pixel + 1] + channel;
    int p2 = pixels[pixel + 2] + channel;
    int p3 = pixels[pixel + 3] + channel;
    FloatVector a0 = FloatVector.fromArray(SPECIES, init, channel);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    for (int cell = 0; cell < cellCount; cell++) {
      int at = cells[cell];
      FloatVector v = FloatVector.fromArray(SPECIES, w, cell * channels + channel);
      a0 = FloatVector.fromArray(SPECIES, x, p0 + at).fma(v, a0);
      a1 = FloatVector.fromArray(SPECIES, x, p1 + at).fma(v, a1);
      a2 = FloatVector.fromArray(SPECIES, x, p2 + at).fma(v, a2);
      a3 = FloatVector.fromArray(SPECIES, x, p3 + at).fma(v, a3);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a0.max(least).intoArray(y, yAt);
    a1.max(least).intoArray(y, yAt + yStride);
    a2.max(least).intoArray(y, yAt + 2 * yStride);
    a3.max(least).intoArray(y, yAt + 3 * yStride);
  }

  static void pixels1(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, float[] w, int channels,
      float[] init, float lo, float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel] + channel;
    FloatVector a0 = FloatVector.fromArray(SPECIES, init, channel);
    for (int cell = 0; cell < cellCount; cell++) {
      int at = cells[cell];
      FloatVector v = FloatVector.fromArray(SPECIES, w, cell * channels + channel);
      a0 = FloatVector.fromArray(SPECIES, x, p0 + at).fma(v, a0);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a0.max(least).intoArray(y, yAt);
  }

  static void masked4(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, float[] w, int channels,
      float[] init, float lo, float[] y, int yAt, int yStride) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, channels);
    int p0 = pixels[pixel] + channel;
    int p1 = pixels[pixel + 1] + channel;
    int p2 = pixels[pixel + 2] + channel;
    int p3 = pixels[pixel + 3] + channel;
    FloatVector a0 = FloatVector.fromArray(SPECIES, init, channel, mask);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    for (int cell = 0; cell < cellCount; cell++) {
      int at = cells[cell];
      FloatVector v = FloatVector.fromArray(SPECIES, w, cell * channels + channel, mask);
      a0 = FloatVector.fromArray(SPECIES, x, p0 + at, mask).fma(v, a0);
      a1 = FloatVector.fromArray(SPECIES, x, p1 + at, mask).fma(v, a1);
      a2 = FloatVector.fromArray(SPECIES, x, p2 + at, mask).fma(v, a2);
      a3 = FloatVector.fromArray(SPECIES, x, p3 + at, mask).fma(v, a3);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a0.max(least).intoArray(y, yAt, mask);
    a1.max(least).intoArray(y, yAt + yStride, mask);
    a2.max(least).intoArray(y, yAt + 2 * yStride, mask);
    a3.max(least).intoArray(y, yAt + 3 * yStride, mask);
  }

  static void masked1(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, float[] w, int channels,
      float[] init, float lo, float[] y, int yAt, int yStride) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, channels);
    int p0 = pixels[pixel] + channel;
    FloatVector a0 = FloatVector.fromArray(SPECIES, init, channel, mask);
    for (int cell = 0; cell < cellCount; cell++) {
      int at = cells[cell];
      FloatVector v = FloatVector.fromArray(SPECIES, w, cell * channels + channel, mask);
      a0 = FloatVector.fromArray(SPECIES, x, p0 + at, mask).fma(v, a0);
    }
    FloatVector least = FloatVector.broadcast(SPECIES, lo);
    a0.max(least).intoArray(y, yAt, mask);
  }
}
