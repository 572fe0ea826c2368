package dev.posthorn.engine.arrays;

import dev.posthorn.spi.Shape;
import java.util.Optional;

/** NumPy's broadcasting of shapes, unknown lengths included. */
public final class Broadcast {
  private Broadcast() {}

  /** The common shape; empty if there is none. An unknown length and a known one above 1 give the known one. */
  public static Optional<Shape> of(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      int left = length(a, i - rank + a.rank());
      int right = length(b, i - rank + b.rank());
      if (left == right || right == 1) {
        dims[i] = left;
      } else if (left == 1 || left == Shape.UNKNOWN) {
        dims[i] = right;
      } else if (right == Shape.UNKNOWN) {
        dims[i] = left;
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(Shape.of(dims));
  }

  private static int length(Shape shape, int axis) {
    return axis < 0 ? 1 : shape.dim(axis);
  }

  /** Whether row i of an operand goes into row i of the result only. */
  public static boolean keepsRows(Shape operand, Shape result) {
    return operand.rank() > 0 && operand.rank() == result.rank() && operand.first() == result.first();
  }
}
