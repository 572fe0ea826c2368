package dev.posthorn.engine;

import java.util.List;
import java.util.Optional;

/** Where a description's weights are. Nothing is read before its declared type, shape and size were checked. */
public sealed interface WeightSource {

  /** Weights by path, as Keras 3 stores them: {@code layers/dense_1/vars/0}. */
  non-sealed interface ByPath extends WeightSource {
    /** Whether there is a group of that path: {@code layers/dense_1}. */
    boolean hasGroup(String path);

    Optional<StoredArray> find(String path);

    /** The name attribute that newer files give a {@code vars} group: the layer's name, a cross-check. */
    default Optional<String> layerName(String path) {
      return Optional.empty();
    }
  }

  /** A flat list in the order of {@code get_weights()}. */
  record InOrder(List<? extends StoredArray> arrays) implements WeightSource {
    public InOrder {
      arrays = List.copyOf(arrays);
    }
  }
}
