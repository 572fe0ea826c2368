package dev.posthorn.engine;

import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The scratch arrays of one step of one session. */
final class StepMemory {
  private static final String SCRATCH = "scratch memory of a layer";

  private float[][] floats = {};
  private double[][] doubles = {};
  private int[][] ints = {};
  private long[][] longs = {};
  private boolean[][] booleans = {};
  private @Nullable ArrayTensor[] tensors = {};
  private final List<Group> groups = new ArrayList<>();

  /** Tensors of consecutive slots, as a list. */
  private record Group(int slot, List<TensorSpec> specs, List<ArrayTensor> tensors) {}

  float[] floats(int slot, int length) {
    if (slot >= floats.length) {
      int before = floats.length;
      floats = Arrays.copyOf(floats, slot + 1);
      Arrays.fill(floats, before, slot + 1, new float[0]);
    }
    if (floats[slot].length < length) {
      WorkMemory.check(4.0 * length, SCRATCH);
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
      WorkMemory.check(8.0 * length, SCRATCH);
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
      WorkMemory.check(4.0 * length, SCRATCH);
      ints[slot] = new int[length];
    }
    return ints[slot];
  }

  long[] longs(int slot, int length) {
    if (slot >= longs.length) {
      int before = longs.length;
      longs = Arrays.copyOf(longs, slot + 1);
      Arrays.fill(longs, before, slot + 1, new long[0]);
    }
    if (longs[slot].length < length) {
      WorkMemory.check(8.0 * length, SCRATCH);
      longs[slot] = new long[length];
    }
    return longs[slot];
  }

  boolean[] booleans(int slot, int length) {
    if (slot >= booleans.length) {
      int before = booleans.length;
      booleans = Arrays.copyOf(booleans, slot + 1);
      Arrays.fill(booleans, before, slot + 1, new boolean[0]);
    }
    if (booleans[slot].length < length) {
      WorkMemory.check(1.0 * length, SCRATCH);
      booleans[slot] = new boolean[length];
    }
    return booleans[slot];
  }

  ArrayTensor tensor(int slot, TensorSpec spec) {
    if (slot >= tensors.length) {
      tensors = Arrays.copyOf(tensors, slot + 1);
    }
    ArrayTensor found = tensors[slot];
    if (found == null || found.dtype() != spec.dtype() || !found.shape().equals(spec.shape())) {
      WorkMemory.check(WorkMemory.bytes(spec), SCRATCH);
      found = ArrayTensor.allocate(spec);
      tensors[slot] = found;
    }
    return found;
  }

  /** The tensors of the slots from {@code slot} on, one for each spec. */
  List<ArrayTensor> tensors(int slot, List<TensorSpec> specs) {
    for (int i = 0; i < groups.size(); i++) {
      Group group = groups.get(i);
      if (group.slot == slot && same(group.specs, specs)) {
        return group.tensors;
      }
    }
    groups.removeIf(group -> group.slot == slot);
    List<ArrayTensor> made = new ArrayList<>();
    for (TensorSpec spec : specs) {
      made.add(tensor(slot + made.size(), spec));
    }
    groups.add(new Group(slot, List.copyOf(specs), List.copyOf(made)));
    return groups.get(groups.size() - 1).tensors;
  }

  private static boolean same(List<TensorSpec> a, List<TensorSpec> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).equals(b.get(i))) {
        return false;
      }
    }
    return true;
  }
}
