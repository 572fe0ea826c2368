package dev.posthorn.engine;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.Map;

/**
 * What a model file may cost: one budget for every reader.
 *
 * @param bytes of the file, and of its contents once inflated
 * @param inflatedRatio inflated to stored bytes
 * @param jsonDepth nesting of the architecture
 * @param nodes layers and calls
 * @param tensors arrays
 */
public record Budget(long bytes, int inflatedRatio, int jsonDepth, int nodes, int tensors) {
  public static final Budget DEFAULT = new Budget(2L << 30, 200, 512, 100_000, 100_000);

  /** Fails with TOO_LARGE if {@code actual} is over {@code limit}; {@code name} is that of the limit to raise. */
  public static void check(String name, long limit, long actual, String what) {
    if (actual > limit) {
      throw new InferenceException(
          Reason.TOO_LARGE,
          Map.of("expected", "at most " + limit, "actual", Long.toString(actual), "limit", name),
          what + ": " + actual + " is over the limit of " + limit + " (raise it with --limit " + name + "=VALUE)");
    }
  }
}
