package dev.posthorn.engine;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.util.Map;

/**
 * What a run may allocate at once: half of the heap. Asked before anything is allocated, so that no model, however its
 * lengths multiply, exhausts the heap of a server.
 */
final class WorkMemory {
  private static final long LIMIT = Runtime.getRuntime().maxMemory() / 2;

  private WorkMemory() {}

  /**
   * Fails if that is too much.
   *
   * @throws InferenceException OUT_OF_MEMORY_BUDGET
   */
  static void check(double bytes, String what) {
    if (bytes > LIMIT) {
      throw new InferenceException(
          Reason.OUT_OF_MEMORY_BUDGET,
          Map.of("expected", "at most " + LIMIT, "actual", "%.0f".formatted(bytes)),
          "%s: %.0f bytes are over the limit of %d, half of the heap (raise it with -Xmx)".formatted(what, bytes, LIMIT));
    }
  }

  /** The bytes of a tensor; never overflows. Unknown lengths count as 1. */
  static double bytes(TensorSpec spec) {
    return bytes(spec, 0);
  }

  /** The bytes of what lies along the axes from {@code from} on. */
  static double bytes(TensorSpec spec, int from) {
    Shape shape = spec.shape();
    double bytes = spec.dtype().bytes();
    for (int axis = from; axis < shape.rank(); axis++) {
      bytes *= Math.max(shape.dim(axis), shape.dim(axis) == Shape.UNKNOWN ? 1 : 0);
    }
    return bytes;
  }
}
