package dev.posthorn.engine;

import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Value;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a graph: an input, or an output of a node. Its mask, if it has one, is another value. Two GraphValues with
 * the same {@code tensor} differ in their masks only.
 */
final class GraphValue implements Value {
  /** The identity of the tensor, apart from its mask. */
  final GraphTensor tensor;

  private final @Nullable GraphValue mask;

  GraphValue(GraphTensor tensor, @Nullable GraphValue mask) {
    this.tensor = tensor;
    this.mask = mask;
  }

  @Override
  public TensorSpec spec() {
    return tensor.spec;
  }

  @Override
  public boolean hasMask() {
    return mask != null;
  }

  @Nullable GraphValue mask() {
    return mask;
  }

  GraphValue withMask(@Nullable GraphValue other) {
    return new GraphValue(tensor, other);
  }
}
