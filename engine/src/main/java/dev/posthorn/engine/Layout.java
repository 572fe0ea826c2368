package dev.posthorn.engine;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The buffers of a plan for one set of lengths other than the batch: tensors whose lives do not overlap share one. The
 * buffers grow to the largest number of rows that came.
 */
final class Layout {
  private final Plan plan;
  private final List<Shape> shapes;
  private final int[] slots;
  private final Object[] buffers;

  /** @param shapes of the first inputs that came; their axis 0 does not count */
  Layout(Plan plan, List<Shape> shapes, TensorSpec[] specs) {
    this.plan = plan;
    this.shapes = shapes;
    this.slots = new int[plan.tensorCount()];
    this.buffers = assign(specs);
  }

  /** Whether inputs of these shapes belong here. */
  boolean fits(List<? extends ArrayTensor> inputs) {
    for (int i = 0; i < shapes.size(); i++) {
      if (!sameBeyondRows(shapes.get(i), inputs.get(i).shape())) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameBeyondRows(Shape a, Shape b) {
    if (a.rank() != b.rank()) {
      return false;
    }
    for (int i = 1; i < a.rank(); i++) {
      if (a.dim(i) != b.dim(i)) {
        return false;
      }
    }
    return true;
  }

  /** Gives every tensor that is neither input nor output of the plan a buffer, reusing those that died before. */
  private Object[] assign(TensorSpec[] specs) {
    int[] lastUse = new int[plan.tensorCount()];
    java.util.Arrays.fill(lastUse, -1);
    for (int i = 0; i < plan.steps().size(); i++) {
      Plan.Step step = plan.steps().get(i);
      for (int number : step.inputs()) {
        lastUse[number] = i;
      }
      for (int number : step.masks()) {
        if (number != Plan.NONE) {
          lastUse[number] = i;
        }
      }
    }
    boolean[] outside = new boolean[plan.tensorCount()];
    for (int i = 0; i < plan.inputCount(); i++) {
      outside[i] = true;
    }
    for (int number : plan.outputs()) {
      outside[number] = true;
    }
    java.util.Arrays.fill(slots, Plan.NONE);
    FreeSlots free = new FreeSlots();
    List<Object> made = new ArrayList<>();
    for (int i = 0; i < plan.steps().size(); i++) {
      Plan.Step step = plan.steps().get(i);
      List<Integer> written = new ArrayList<>();
      for (int number : step.outputs()) {
        written.add(number);
      }
      if (step.outputMask() != Plan.NONE) {
        written.add(step.outputMask());
      }
      for (int number : written) {
        if (outside[number]) {
          continue;
        }
        Integer slot = free.of(specs[number]).poll();
        if (slot == null) {
          slot = made.size();
          made.add(ArrayTensor.newArray(specs[number].dtype(), 0));
        }
        slots[number] = slot;
      }
      release(step, i, lastUse, specs, free);
      for (int number : written) {
        if (slots[number] != Plan.NONE && lastUse[number] < 0) {
          free.of(specs[number]).push(slots[number]);
        }
      }
    }
    return made.toArray();
  }

  private void release(
      Plan.Step step, int index, int[] lastUse, TensorSpec[] specs, FreeSlots free) {
    List<Integer> read = new ArrayList<>();
    for (int number : step.inputs()) {
      read.add(number);
    }
    for (int number : step.masks()) {
      if (number != Plan.NONE) {
        read.add(number);
      }
    }
    read.stream().distinct()
        .filter(number -> lastUse[number] == index && slots[number] != Plan.NONE)
        .forEach(number -> free.of(specs[number]).push(slots[number]));
  }

  /** The buffers that no living tensor needs, by kind of array. */
  private static final class FreeSlots {
    private final Map<DType.Storage, Deque<Integer>> byKind = new EnumMap<>(DType.Storage.class);

    Deque<Integer> of(TensorSpec spec) {
      return byKind.computeIfAbsent(spec.dtype().storage(), kind -> new ArrayDeque<>());
    }
  }

  /**
   * Makes the buffers long enough for tensors of these shapes; true if one had to be replaced.
   *
   * @throws dev.posthorn.spi.InferenceException OUT_OF_MEMORY_BUDGET before anything is allocated
   */
  boolean grow(TensorSpec[] specs) {
    checkMemory(specs);
    boolean replaced = false;
    for (int number = 0; number < slots.length; number++) {
      int slot = slots[number];
      if (slot != Plan.NONE && Array.getLength(buffers[slot]) < specs[number].shape().size()) {
        buffers[slot] = ArrayTensor.newArray(specs[number].dtype(), specs[number].shape().size());
        replaced = true;
      }
    }
    return replaced;
  }

  /** Of the tensors that share a buffer the largest counts; inputs are there already. */
  private void checkMemory(TensorSpec[] specs) {
    double[] bytes = new double[buffers.length];
    double all = 0;
    for (int number = plan.inputCount(); number < slots.length; number++) {
      double own = WorkMemory.bytes(specs[number]);
      if (slots[number] == Plan.NONE) {
        all += own;
      } else {
        bytes[slots[number]] = Math.max(bytes[slots[number]], own);
      }
    }
    for (double each : bytes) {
      all += each;
    }
    WorkMemory.check(all, "buffers and outputs for inputs of shape " + shapes);
  }

  /** Tensors of these shapes over the buffers; those of the plan's inputs and outputs have none yet. */
  ArrayTensor[] tensors(TensorSpec[] specs) {
    ArrayTensor[] tensors = new ArrayTensor[specs.length];
    for (int number = 0; number < specs.length; number++) {
      tensors[number] =
          slots[number] == Plan.NONE
              ? ArrayTensor.unbound(specs[number])
              : ArrayTensor.over(specs[number].dtype(), specs[number].shape(), buffers[slots[number]]);
    }
    return tensors;
  }

  /** Bytes of one row in all buffers together, roughly: what a row block should keep within a cache. */
  static long bytesPerRow(Plan plan, TensorSpec[] specs) {
    long bytes = 0;
    for (Plan.Step step : plan.steps()) {
      long live = 0;
      for (int number : step.inputs()) {
        live += perRow(specs[number]);
      }
      for (int number : step.outputs()) {
        live += perRow(specs[number]);
      }
      bytes = Math.max(bytes, live);
    }
    return bytes;
  }

  private static long perRow(TensorSpec spec) {
    return spec.shape().rank() == 0 ? 0 : (long) Math.min(WorkMemory.bytes(spec, 1), Integer.MAX_VALUE);
  }
}
