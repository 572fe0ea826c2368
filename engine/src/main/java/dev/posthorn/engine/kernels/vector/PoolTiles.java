package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The largest number or the mean of one vector of channels, of several windows at once; through the cells in order. The
 * masked ones are for fewer channels than a vector has.
 */
final class PoolTiles {
  private PoolTiles() {}

  static void max4(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, int channels, float[] counts,
      float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel] + channel;
    int p1 = pixels[pixel + 1] + channel;
    int p2 = pixels[pixel + 2] + channel;
    int p3 = pixels[pixel + 3] + channel;
    int first = cells[0];
    FloatVector a0 = FloatVector.fromArray(SPECIES, x, p0 + first);
    FloatVector a1 = FloatVector.fromArray(SPECIES, x, p1 + first);
    FloatVector a2 = FloatVector.fromArray(SPECIES, x, p2 + first);
    FloatVector a3 = FloatVector.fromArray(SPECIES, x, p3 + first);
    for (int cell = 1; cell < cellCount; cell++) {
      int at = cells[cell];
      a0 = a0.max(FloatVector.fromArray(SPECIES, x, p0 + at));
      a1 = a1.max(FloatVector.fromArray(SPECIES, x, p1 + at));
      a2 = a2.max(FloatVector.fromArray(SPECIES, x, p2 + at));
      a3 = a3.max(FloatVector.fromArray(SPECIES, x, p3 + at));
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + yStride);
    a2.intoArray(y, yAt + 2 * yStride);
    a3.intoArray(y, yAt + 3 * yStride);
  }

  static void max1(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, int channels, float[] counts,
      float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel] + channel;
    int first = cells[0];
    FloatVector a0 = FloatVector.fromArray(SPECIES, x, p0 + first);
    for (int cell = 1; cell < cellCount; cell++) {
      int at = cells[cell];
      a0 = a0.max(FloatVector.fromArray(SPECIES, x, p0 + at));
    }
    a0.intoArray(y, yAt);
  }

  static void maxMasked4(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, int channels, float[] counts,
      float[] y, int yAt, int yStride) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, channels);
    int p0 = pixels[pixel] + channel;
    int p1 = pixels[pixel + 1] + channel;
    int p2 = pixels[pixel + 2] + channel;
    int p3 = pixels[pixel + 3] + channel;
    int first = cells[0];
    FloatVector a0 = FloatVector.fromArray(SPECIES, x, p0 + first, mask);
    FloatVector a1 = FloatVector.fromArray(SPECIES, x, p1 + first, mask);
    FloatVector a2 = FloatVector.fromArray(SPECIES, x, p2 + first, mask);
    FloatVector a3 = FloatVector.fromArray(SPECIES, x, p3 + first, mask);
    for (int cell = 1; cell < cellCount; cell++) {
      int at = cells[cell];
      a0 = a0.max(FloatVector.fromArray(SPECIES, x, p0 + at, mask));
      a1 = a1.max(FloatVector.fromArray(SPECIES, x, p1 + at, mask));
      a2 = a2.max(FloatVector.fromArray(SPECIES, x, p2 + at, mask));
      a3 = a3.max(FloatVector.fromArray(SPECIES, x, p3 + at, mask));
    }
    a0.intoArray(y, yAt, mask);
    a1.intoArray(y, yAt + yStride, mask);
    a2.intoArray(y, yAt + 2 * yStride, mask);
    a3.intoArray(y, yAt + 3 * yStride, mask);
  }

  static void maxMasked1(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, int channels, float[] counts,
      float[] y, int yAt, int yStride) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, channels);
    int p0 = pixels[pixel] + channel;
    int first = cells[0];
    FloatVector a0 = FloatVector.fromArray(SPECIES, x, p0 + first, mask);
    for (int cell = 1; cell < cellCount; cell++) {
      int at = cells[cell];
      a0 = a0.max(FloatVector.fromArray(SPECIES, x, p0 + at, mask));
    }
    a0.intoArray(y, yAt, mask);
  }

  static void mean4(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, int channels, float[] counts,
      float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel] + channel;
    int p1 = pixels[pixel + 1] + channel;
    int p2 = pixels[pixel + 2] + channel;
    int p3 = pixels[pixel + 3] + channel;
    int first = cells[0];
    FloatVector a0 = FloatVector.fromArray(SPECIES, x, p0 + first);
    FloatVector a1 = FloatVector.fromArray(SPECIES, x, p1 + first);
    FloatVector a2 = FloatVector.fromArray(SPECIES, x, p2 + first);
    FloatVector a3 = FloatVector.fromArray(SPECIES, x, p3 + first);
    for (int cell = 1; cell < cellCount; cell++) {
      int at = cells[cell];
      a0 = a0.add(FloatVector.fromArray(SPECIES, x, p0 + at));
      a1 = a1.add(FloatVector.fromArray(SPECIES, x, p1 + at));
      a2 = a2.add(FloatVector.fromArray(SPECIES, x, p2 + at));
      a3 = a3.add(FloatVector.fromArray(SPECIES, x, p3 + at));
    }
    a0.div(counts[pixel]).intoArray(y, yAt);
    a1.div(counts[pixel + 1]).intoArray(y, yAt + yStride);
    a2.div(counts[pixel + 2]).intoArray(y, yAt + 2 * yStride);
    a3.div(counts[pixel + 3]).intoArray(y, yAt + 3 * yStride);
  }

  static void mean1(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, int channels, float[] counts,
      float[] y, int yAt, int yStride) {
    int p0 = pixels[pixel] + channel;
    int first = cells[0];
    FloatVector a0 = FloatVector.fromArray(SPECIES, x, p0 + first);
    for (int cell = 1; cell < cellCount; cell++) {
      int at = cells[cell];
      a0 = a0.add(FloatVector.fromArray(SPECIES, x, p0 + at));
    }
    a0.div(counts[pixel]).intoArray(y, yAt);
  }

  static void meanMasked4(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, int channels, float[] counts,
      float[] y, int yAt, int yStride) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, channels);
    int p0 = pixels[pixel] + channel;
    int p1 = pixels[pixel + 1] + channel;
    int p2 = pixels[pixel + 2] + channel;
    int p3 = pixels[pixel + 3] + channel;
    int first = cells[0];
    FloatVector a0 = FloatVector.fromArray(SPECIES, x, p0 + first, mask);
    FloatVector a1 = FloatVector.fromArray(SPECIES, x, p1 + first, mask);
    FloatVector a2 = FloatVector.fromArray(SPECIES, x, p2 + first, mask);
    FloatVector a3 = FloatVector.fromArray(SPECIES, x, p3 + first, mask);
    for (int cell = 1; cell < cellCount; cell++) {
      int at = cells[cell];
      a0 = a0.add(FloatVector.fromArray(SPECIES, x, p0 + at, mask));
      a1 = a1.add(FloatVector.fromArray(SPECIES, x, p1 + at, mask));
      a2 = a2.add(FloatVector.fromArray(SPECIES, x, p2 + at, mask));
      a3 = a3.add(FloatVector.fromArray(SPECIES, x, p3 + at, mask));
    }
    a0.div(counts[pixel]).intoArray(y, yAt, mask);
    a1.div(counts[pixel + 1]).intoArray(y, yAt + yStride, mask);
    a2.div(counts[pixel + 2]).intoArray(y, yAt + 2 * yStride, mask);
    a3.div(counts[pixel + 3]).intoArray(y, yAt + 3 * yStride, mask);
  }

  static void meanMasked1(
      float[] x, int[] pixels, int pixel, int[] cells, int cellCount, int channel, int channels, float[] counts,
      float[] y, int yAt, int yStride) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, channels);
    int p0 = pixels[pixel] + channel;
    int first = cells[0];
    FloatVector a0 = FloatVector.fromArray(SPECIES, x, p0 + first, mask);
    for (int cell = 1; cell < cellCount; cell++) {
      int at = cells[cell];
      a0 = a0.add(FloatVector.fromArray(SPECIES, x, p0 + at, mask));
    }
    a0.div(counts[pixel]).intoArray(y, yAt, mask);
  }
}
