package dev.posthorn.spi;

import java.util.List;

/**
 * A layer made of layers. Its {@link #call} is Keras' {@code call()}, written on symbols: it runs while the model is
 * built, and what it calls becomes part of the model's graph - fused, traced and batched like everything else.
 */
@FunctionalInterface
public interface Composite {
  List<Value> call(Calls calls, List<Value> inputs);

  /** The inputs of a whole model in Keras' flat order; empty where only the file's build config knows. */
  default List<NamedSpec> inputs() {
    return List.of();
  }

  /** The names of a whole model's outputs in Keras' flat order; empty: after the layers that make them. */
  default List<String> outputNames() {
    return List.of();
  }

  /** A named input of a model. */
  record NamedSpec(String name, TensorSpec spec, boolean optional) {}
}
