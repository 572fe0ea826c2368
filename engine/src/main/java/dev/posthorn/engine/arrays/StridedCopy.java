package dev.posthorn.engine.arrays;

import java.util.Arrays;

/**
 * A copy of a block of elements, planned once: source and target are each walked by their own strides, so that it can
 * transpose, slice, flip, broadcast, pad and interleave. Immutable; a run allocates nothing.
 */
public final class StridedCopy {
  private final int[] dims;
  private final int[] fromStrides;
  private final int[] toStrides;
  private final int from;
  private final int to;

  private StridedCopy(int[] dims, int from, int[] fromStrides, int to, int[] toStrides) {
    this.dims = dims;
    this.from = from;
    this.fromStrides = fromStrides;
    this.to = to;
    this.toStrides = toStrides;
  }

  /** Copies {@code dims} elements from element {@code from} of the source to element {@code to} of the target. */
  public static StridedCopy of(int[] dims, int from, int[] fromStrides, int to, int[] toStrides) {
    int rank = 0;
    int[] joined = new int[dims.length];
    int[] source = new int[dims.length];
    int[] target = new int[dims.length];
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 1) {
        continue;
      }
      int last = rank - 1;
      if (rank > 0
          && source[last] == fromStrides[i] * dims[i]
          && target[last] == toStrides[i] * dims[i]) {
        joined[last] *= dims[i];
        source[last] = fromStrides[i];
        target[last] = toStrides[i];
      } else {
        joined[rank] = dims[i];
        source[rank] = fromStrides[i];
        target[rank] = toStrides[i];
        rank++;
      }
    }
    if (rank == 0) {
      return new StridedCopy(new int[] {1}, from, new int[] {1}, to, new int[] {1});
    }
    return new StridedCopy(
        Arrays.copyOf(joined, rank), from, Arrays.copyOf(source, rank), to, Arrays.copyOf(target, rank));
  }

  /** Gathers a view into an array without gaps. */
  public static StridedCopy gather(View view) {
    return of(view.dims(), view.offset(), view.strides(), 0, View.contiguous(view.dims()));
  }

  /** Whether source and target are the same run of elements. */
  public boolean isWhole() {
    return dims.length == 1 && fromStrides[0] == 1 && toStrides[0] == 1 && from == 0 && to == 0;
  }

  /** Runs it, source and target starting at the given elements. */
  public void run(Object source, int sourceStart, Object target, int targetStart) {
    run(0, source, sourceStart + from, target, targetStart + to);
  }

  /** Runs it for a number of rows, one behind the other at the given distances. */
  public void runRows(Object source, int sourceRow, Object target, int targetRow, int rows) {
    for (int row = 0; row < rows; row++) {
      run(0, source, row * sourceRow + from, target, row * targetRow + to);
    }
  }

  private void run(int axis, Object source, int fromAt, Object target, int toAt) {
    int count = dims[axis];
    int fromStride = fromStrides[axis];
    int toStride = toStrides[axis];
    if (axis < dims.length - 1) {
      for (int i = 0; i < count; i++) {
        run(axis + 1, source, fromAt + i * fromStride, target, toAt + i * toStride);
      }
    } else if (fromStride == 1 && toStride == 1) {
      System.arraycopy(source, fromAt, target, toAt, count);
    } else {
      RawArray.copyStrided(source, fromAt, fromStride, target, toAt, toStride, count);
    }
  }
}
