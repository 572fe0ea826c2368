package dev.posthorn.engine.arrays;

import dev.posthorn.spi.Shape;
import java.util.Arrays;

/**
 * Some axes of an array brought to the end, so that a computation along them sees rows without gaps. Made for one
 * element of axis 0 where that axis is not among them, for the whole array otherwise. Immutable.
 */
public final class AxisRows {
  private final boolean perRow;
  private final boolean inPlace;
  private final int blockSize;
  private final int length;
  private final StridedCopy gather;
  private final StridedCopy scatter;

  private AxisRows(boolean perRow, boolean inPlace, int blockSize, int length, StridedCopy in, StridedCopy back) {
    this.perRow = perRow;
    this.inPlace = inPlace;
    this.blockSize = blockSize;
    this.length = length;
    this.gather = in;
    this.scatter = back;
  }

  /**
   * The rows along those axes.
   *
   * @param shape known lengths, except axis 0 where it is not among the axes
   * @param axes positive and different
   */
  public static AxisRows of(Shape shape, int... axes) {
    int[] dims = shape.dims();
    boolean[] chosen = new boolean[dims.length];
    for (int axis : axes) {
      chosen[axis] = true;
    }
    boolean perRow = dims.length > 0 && !chosen[0];
    if (perRow) {
      dims[0] = 1;
    }
    int[] order = new int[dims.length];
    int next = 0;
    int length = 1;
    for (int i = 0; i < dims.length; i++) {
      if (!chosen[i]) {
        order[next++] = i;
      }
    }
    for (int i = 0; i < dims.length; i++) {
      if (chosen[i]) {
        order[next++] = i;
        length *= dims[i];
      }
    }
    View view = View.of(Shape.of(dims)).transpose(order);
    int[] packed = View.contiguous(view.dims());
    int size = Arrays.stream(dims).reduce(1, Math::multiplyExact);
    StridedCopy in = StridedCopy.gather(view);
    StridedCopy back = StridedCopy.of(view.dims(), 0, packed, 0, view.strides());
    return new AxisRows(perRow, in.isWhole(), size, length, in, back);
  }

  /** The length of a row: the product of the axes' lengths. */
  public int length() {
    return length;
  }

  /** Whether the rows lie in the array as they are wanted. */
  public boolean inPlace() {
    return inPlace;
  }

  /** How many elements one {@link #gather} moves. */
  public int blockSize() {
    return blockSize;
  }

  /** How many blocks an array of that many elements has. */
  public int blocks(int size) {
    return perRow ? (blockSize == 0 ? 0 : size / blockSize) : 1;
  }

  /** How many rows a block has. */
  public int rowsPerBlock() {
    return length == 0 ? 0 : blockSize / length;
  }

  /** Copies a block into rows that begin at element 0 of the target. */
  public void gather(Object array, int block, Object rows) {
    gather.run(array, block * blockSize, rows, 0);
  }

  /** Copies rows that begin at element 0 back into a block. */
  public void scatter(Object rows, Object array, int block) {
    scatter.run(rows, 0, array, block * blockSize);
  }
}
