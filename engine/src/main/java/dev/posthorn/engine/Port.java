package dev.posthorn.engine;

import dev.posthorn.spi.TensorSpec;
import java.util.List;

/**
 * A named input or output of a model.
 *
 * @param name the real name
 * @param alias {@code input_i} or {@code output_i}, accepted everywhere too
 * @param spec type and shape; axis 0, the batch, is unknown
 * @param labels names of the classes along the last axis, if known
 * @param optional whether it may be left out
 */
public record Port(String name, String alias, TensorSpec spec, List<String> labels, boolean optional) {
  public Port {
    labels = List.copyOf(labels);
  }

  public Port withLabels(List<String> names) {
    return new Port(name, alias, spec, names, optional);
  }
}
