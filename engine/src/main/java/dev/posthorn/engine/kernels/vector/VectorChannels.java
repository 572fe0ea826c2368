package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.SPECIES;

import dev.posthorn.spi.Channels;
import jdk.incubator.vector.FloatVector;

/** Arithmetic on channels by vectors; what is left of a row takes the same operations one number at a time. */
final class VectorChannels implements Channels {
  private static final RowLoop SCALE_SHIFT = VectorChannels::scaleShiftRow;
  private static final ScaleLoop SCALE = VectorChannels::scaleRow;
  private static final AddLoop ADD = VectorChannels::addAll;
  private static final JoinLoop MAX = VectorChannels::maxRows;
  private static final JoinLoop SUM = VectorChannels::sumRows;

  /** Compiled each by itself, as {@link Tile}s are. */
  @FunctionalInterface
  private interface RowLoop {
    void run(float[] x, int xAt, float[] y, int yAt, int n, float[] scale, float[] shift, float low);
  }

  /** Compiled each by itself. */
  @FunctionalInterface
  private interface ScaleLoop {
    void run(float[] x, int xAt, float[] y, int yAt, int n, float[] scale, int scaleAt);
  }

  /** Compiled each by itself. */
  @FunctionalInterface
  private interface AddLoop {
    void run(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int count, float low);
  }

  /** Compiled each by itself. */
  @FunctionalInterface
  private interface JoinLoop {
    void run(float[] x, int xAt, int rows, int n, float[] y, int yAt);
  }

  @Override
  public void scaleShift(
      float[] x, int xFrom, float[] y, int yFrom, int rows, int n, float[] scale, float[] shift, float low) {
    for (int r = 0; r < rows; r++) {
      SCALE_SHIFT.run(x, xFrom + r * n, y, yFrom + r * n, n, scale, shift, low);
    }
  }

  private static void scaleShiftRow(
      float[] x, int xAt, float[] y, int yAt, int n, float[] scale, float[] shift, float low) {
    FloatVector least = FloatVector.broadcast(SPECIES, low);
    int whole = n - n % COUNT;
    for (int c = 0; c < whole; c += COUNT) {
      FloatVector.fromArray(SPECIES, x, xAt + c)
          .mul(FloatVector.fromArray(SPECIES, scale, c))
          .add(FloatVector.fromArray(SPECIES, shift, c))
          .max(least)
          .intoArray(y, yAt + c);
    }
    for (int c = whole; c < n; c++) {
      y[yAt + c] = Math.max(x[xAt + c] * scale[c] + shift[c], low);
    }
  }

  @Override
  public void scale(float[] x, int xFrom, float[] y, int yFrom, int rows, int n, float[] scale, int scaleFrom) {
    for (int r = 0; r < rows; r++) {
      SCALE.run(x, xFrom + r * n, y, yFrom + r * n, n, scale, scaleFrom);
    }
  }

  private static void scaleRow(float[] x, int xAt, float[] y, int yAt, int n, float[] scale, int scaleAt) {
    int whole = n - n % COUNT;
    for (int c = 0; c < whole; c += COUNT) {
      FloatVector.fromArray(SPECIES, x, xAt + c)
          .mul(FloatVector.fromArray(SPECIES, scale, scaleAt + c))
          .intoArray(y, yAt + c);
    }
    for (int c = whole; c < n; c++) {
      y[yAt + c] = x[xAt + c] * scale[scaleAt + c];
    }
  }

  @Override
  public void add(float[] a, int aFrom, float[] b, int bFrom, float[] y, int yFrom, int count, float low) {
    ADD.run(a, aFrom, b, bFrom, y, yFrom, count, low);
  }

  private static void addAll(float[] a, int aAt, float[] b, int bAt, float[] y, int yAt, int count, float low) {
    FloatVector least = FloatVector.broadcast(SPECIES, low);
    int whole = count - count % COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector.fromArray(SPECIES, a, aAt + i)
          .add(FloatVector.fromArray(SPECIES, b, bAt + i))
          .max(least)
          .intoArray(y, yAt + i);
    }
    for (int i = whole; i < count; i++) {
      y[yAt + i] = Math.max(a[aAt + i] + b[bAt + i], low);
    }
  }

  @Override
  public void max(float[] x, int xFrom, int rows, int n, float[] y, int yFrom) {
    MAX.run(x, xFrom, rows, n, y, yFrom);
  }

  private static void maxRows(float[] x, int xAt, int rows, int n, float[] y, int yAt) {
    int whole = n - n % COUNT;
    for (int c = 0; c < whole; c += COUNT) {
      FloatVector most = FloatVector.fromArray(SPECIES, x, xAt + c);
      for (int r = 1; r < rows; r++) {
        most = most.max(FloatVector.fromArray(SPECIES, x, xAt + r * n + c));
      }
      most.intoArray(y, yAt + c);
    }
    for (int c = whole; c < n; c++) {
      float most = x[xAt + c];
      for (int r = 1; r < rows; r++) {
        most = Math.max(most, x[xAt + r * n + c]);
      }
      y[yAt + c] = most;
    }
  }

  @Override
  public void mean(float[] x, int xFrom, int rows, int n, float[] y, int yFrom) {
    SUM.run(x, xFrom, rows, n, y, yFrom);
    for (int c = 0; c < n; c++) {
      y[yFrom + c] /= rows;
    }
  }

  private static void sumRows(float[] x, int xAt, int rows, int n, float[] y, int yAt) {
    int whole = n - n % COUNT;
    for (int c = 0; c < whole; c += COUNT) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int r = 0; r < rows; r++) {
        sum = sum.add(FloatVector.fromArray(SPECIES, x, xAt + r * n + c));
      }
      sum.intoArray(y, yAt + c);
    }
    for (int c = whole; c < n; c++) {
      float sum = 0;
      for (int r = 0; r < rows; r++) {
        sum += x[xAt + r * n + c];
      }
      y[yAt + c] = sum;
    }
  }
}
