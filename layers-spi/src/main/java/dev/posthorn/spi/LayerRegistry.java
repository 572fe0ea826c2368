package dev.posthorn.spi;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * Where a plug-in registers what it brings. Names are those that stand in model files: {@code registered_name} such as
 * {@code MyPackage>ScaledShift}, or the class name of a layer of Keras. A name taken twice fails the start, naming both
 * plug-ins.
 */
public interface LayerRegistry {
  void layer(String registeredName, LayerFactory factory);

  /** A layer made of layers, or a subclassed model. */
  void composite(String registeredName, CompositeFactory factory);

  /** A node of keras.ops: module such as {@code keras.src.ops.numpy}, class name such as {@code Add}. */
  void operation(String module, String name, LayerFactory factory);

  /** A function of one number, applied to every element: the one-line form. */
  void activation(String name, DoubleUnaryOperator function);

  void activation(String name, Activation activation);

  /** A text function, for the {@code standardize} of TextVectorization. */
  void text(String name, UnaryOperator<String> function);
}
