package dev.posthorn.spi;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a model file says of one layer, and where the layer declares what it needs. Asking for a weight, a state or a
 * sub-layer declares it: ask in Keras' order, and always, whatever the weights may be. Valid only while the factory
 * runs.
 */
public interface LayerSpec {
  String name();

  String className();

  Config config();

  /** The type that the layer computes in. */
  DType dtype();

  KerasVersion kerasVersion();

  /** Types and shapes of the first call's inputs; unknown lengths are {@link Shape#UNKNOWN}. */
  List<TensorSpec> inputs();

  /** The only or first input; the common case. */
  default TensorSpec input() {
    return inputs().get(0);
  }

  /** The input of that position; fails the model if the layer is called with fewer. */
  default TensorSpec input(int index) {
    if (index >= inputs().size()) {
      throw error("expected at least %d inputs, got %d", index + 1, inputs().size());
    }
    return inputs().get(index);
  }

  /** A trainable weight in the layer's type. Bound by path, or by position in Keras' order. */
  Weight weight(String name, Shape shape);

  /** A trainable weight of another type than the layer's. */
  Weight weight(String name, Shape shape, DType dtype);

  /** A weight that Keras lists as not trainable: in a flat list it stands after the layer's trainable ones. */
  Weight nonTrainableWeight(String name, Shape shape);

  /** A weight that Keras lists as not trainable, of another type than the layer's. */
  Weight nonTrainableWeight(String name, Shape shape, DType dtype);

  /**
   * A weight seen as a matrix of that many rows and columns and kept only in the form that the kernels want: its {@link
   * Weight#floats()} is gone once the model is loaded.
   */
  Matrix matrix(Weight weight, int rows, int columns);

  /** Something computed once from the weights, after they are bound and before the first call. */
  <T> Derived<T> derive(Supplier<T> computation);

  /** The layer object that the config holds under that key: "layer", "cell". Its weights lie below that name. */
  SubLayer sub(String attribute);

  /** A layer that the Python constructor makes itself. Bound by attribute name, else by class counter. */
  SubLayer sub(String attribute, String className, Map<String, ?> config);

  /** The list of layer objects that the config holds under that key: "layers", "cells". */
  List<SubLayer> subs(String attribute);

  /**
   * The activation that the config names under that key: a name, a registered function, or a layer object; the identity
   * if there is none.
   */
  Activation activation(String configKey);

  /** The activation registered under that name. */
  Activation activationNamed(String name);

  /** The text function registered under that name. */
  java.util.function.UnaryOperator<String> text(String name);

  /** The lines of a file in the model's assets, such as {@code vocabulary.txt}; empty if there is none. */
  java.util.Optional<List<String>> asset(String fileName);

  /** Memory of a stateful layer: one row for each row of the batch, zero at first. */
  State state(String name, Shape rowShape, DType dtype);

  /** A part of the model that this layer runs by itself, in a loop: the step of an RNN. */
  Body body(Composite step, List<TensorSpec> inputs);

  /** The kernels that the model will run on. */
  Kernels kernels();

  /** An INVALID_MODEL error that begins with the layer's class and name. */
  InferenceException error(String message, Object... arguments);

  /** An UNSUPPORTED error that begins with the layer's class and name. */
  InferenceException unsupported(String message, Object... arguments);
}
