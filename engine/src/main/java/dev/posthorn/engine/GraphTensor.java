package dev.posthorn.engine;

import dev.posthorn.spi.TensorSpec;

/** The identity of a tensor in a graph. */
final class GraphTensor {
  final TensorSpec spec;
  final String source;

  /** @param source the layer or input that makes it, for messages and listings */
  GraphTensor(TensorSpec spec, String source) {
    this.spec = spec;
    this.source = source;
  }
}
