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

  /**
   * Weights by the names of the model's own layers, as whole-model HDF5 files store them: what lies below a layer is one
   * list, all trainable weights before all others, each part in the order of {@code get_weights()}.
   */
  non-sealed interface ByLayer extends WeightSource {
    /** The arrays of a layer; empty if the file does not name it. */
    Optional<List<StoredArray>> find(String layer);

    /** The arrays of the model itself, outside of its layers. */
    List<StoredArray> ofModel();

    /** The backend that the file was written with, such as {@code theano}, if it says so. */
    default Optional<String> backend() {
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
