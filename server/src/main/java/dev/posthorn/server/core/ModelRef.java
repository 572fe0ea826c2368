package dev.posthorn.server.core;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.Map;

/**
 * Which model a request means.
 *
 * @param version 0: the one that the model's policy serves
 * @param label empty: none; not together with a version
 */
public record ModelRef(String model, long version, String label) {
  public ModelRef {
    if (model.isEmpty()) {
      throw new InferenceException(Reason.INVALID_ARGUMENT, "expected the name of a model, got an empty one");
    }
    if (version < 0) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT, Map.of("model", model), "expected a version of at least 1, got " + version);
    }
    if (version > 0 && !label.isEmpty()) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          Map.of("model", model),
          "expected a version or a label, got version " + version + " and label '" + label + "'");
    }
  }

  /** Whether the policy decides. */
  public boolean isDefault() {
    return version == 0 && label.isEmpty();
  }
}
