package dev.posthorn.engine;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;

/** An array of a model file that can be read when it is wanted. */
public interface StoredArray {
  /** How the file names it, for messages. */
  String name();

  DType dtype();

  Shape shape();

  /**
   * Reads the elements.
   *
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL if the file is damaged
   */
  ArrayTensor read();
}
