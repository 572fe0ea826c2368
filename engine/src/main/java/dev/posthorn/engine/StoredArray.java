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

  /**
   * Reads the elements of a type that is kept as float32, in their order; where the file has them in one run, never all at
   * once into memory.
   *
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL if the file is damaged
   */
  default void stream(FloatSink sink) {
    ArrayTensor all = read();
    sink.take(all.floats(), all.size());
  }
}
