package dev.posthorn.engine;

import dev.posthorn.spi.TensorSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The scratch arrays of one step of one session. */
final class StepMemory {
  private float[][] floats = {};
  private double[][] doubles = {};
  private int[][] ints = {};
  private @Nullable ArrayTensor[] tensors = {};

  float[] floats(int slot, int length) {
    if (slot >= floats.length) {
      int before = floats.length;
      floats = Arrays.copyOf(floats, slot + 1);
      Arrays.fill(floats, before, slot + 1, new float[0]);
    }
    if (floats[slot].length < length) {
      floats[slot] = new float[length];
    }
    return floats[slot];
  }

  double[] doubles(int slot, int length) {
    if (slot >= doubles.length) {
      int before = doubles.length;
      doubles = Arrays.copyOf(doubles, slot + 1);
      Arrays.fill(doubles, before, slot + 1, new double[0]);
    }
    if (doubles[slot].length < length) {
      doubles[slot] = new double[length];
    }
    return doubles[slot];
  }

  int[] ints(int slot, int length) {
    if (slot >= ints.length) {
      int before = ints.length;
      ints = Arrays.copyOf(ints, slot + 1);
      Arrays.fill(ints, before, slot + 1, new int[0]);
    }
    if (ints[slot].length < length) {
      ints[slot] = new int[length];
    }
    return ints[slot];
  }

  ArrayTensor tensor(int slot, TensorSpec spec) {
    if (slot >= tensors.length) {
      tensors = Arrays.copyOf(tensors, slot + 1);
    }
    ArrayTensor found = tensors[slot];
    if (found == null || found.dtype() != spec.dtype() || !found.shape().equals(spec.shape())) {
      found = ArrayTensor.allocate(spec);
      tensors[slot] = found;
    }
    return found;
  }
}
