package dev.posthorn.engine.arrays;

import java.util.Arrays;

/** Axes given as in Python: negative ones count from the end. */
public final class Axes {
  private Axes() {}

  /**
   * The axes as numbers from 0, ascending.
   *
   * @throws IllegalArgumentException if one is outside or stands there twice
   */
  public static int[] sorted(int[] axes, int rank) {
    int[] positive = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      positive[i] = positive(axes[i], rank);
    }
    Arrays.sort(positive);
    for (int i = 1; i < positive.length; i++) {
      if (positive[i] == positive[i - 1]) {
        throw new IllegalArgumentException("axis " + positive[i] + " is given twice");
      }
    }
    return positive;
  }

  /**
   * The axis as a number from 0.
   *
   * @throws IllegalArgumentException if it is outside
   */
  public static int positive(int axis, int rank) {
    int positive = axis < 0 ? axis + rank : axis;
    if (positive < 0 || positive >= rank) {
      throw new IllegalArgumentException("axis " + axis + " of " + rank + " axes");
    }
    return positive;
  }

  /** All axes. */
  public static int[] all(int rank) {
    int[] axes = new int[rank];
    Arrays.setAll(axes, i -> i);
    return axes;
  }

  public static boolean contains(int[] axes, int axis) {
    for (int each : axes) {
      if (each == axis) {
        return true;
      }
    }
    return false;
  }
}
