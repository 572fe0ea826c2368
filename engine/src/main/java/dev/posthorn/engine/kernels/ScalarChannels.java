package dev.posthorn.engine.kernels;

import dev.posthorn.spi.Channels;

/** Arithmetic on channels, one number at a time. */
final class ScalarChannels implements Channels {
  @Override
  public void scaleShift(
      float[] x, int xFrom, float[] y, int yFrom, int rows, int n, float[] scale, float[] shift, float low) {
    for (int i = 0; i < rows * n; i++) {
      y[yFrom + i] = Math.max(x[xFrom + i] * scale[i % n] + shift[i % n], low);
    }
  }

  @Override
  public void scale(float[] x, int xFrom, float[] y, int yFrom, int rows, int n, float[] scale, int scaleFrom) {
    for (int i = 0; i < rows * n; i++) {
      y[yFrom + i] = x[xFrom + i] * scale[scaleFrom + i % n];
    }
  }

  @Override
  public void add(float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int count, float low) {
    for (int i = 0; i < count; i++) {
      y[yFrom + i] = Math.max(a[aFrom + i] + b[bFrom + i], low);
    }
  }

  @Override
  public void max(float[] x, int xFrom, int rows, int n, float[] y, int yFrom) {
    System.arraycopy(x, xFrom, y, yFrom, n);
    for (int i = n; i < rows * n; i++) {
      y[yFrom + i % n] = Math.max(y[yFrom + i % n], x[xFrom + i]);
    }
  }

  @Override
  public void mean(float[] x, int xFrom, int rows, int n, float[] y, int yFrom) {
    System.arraycopy(x, xFrom, y, yFrom, n);
    for (int i = n; i < rows * n; i++) {
      y[yFrom + i % n] += x[xFrom + i];
    }
    for (int c = 0; c < n; c++) {
      y[yFrom + c] /= rows;
    }
  }
}
