package dev.posthorn.engine.keras;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.tensorflow.TensorBundle;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;

/** An array of a TensorFlow checkpoint. */
record BundleArray(TensorBundle.Declared declared) implements StoredArray {
  @Override
  public String name() {
    return declared.key();
  }

  @Override
  public DType dtype() {
    return declared.dtype();
  }

  @Override
  public Shape shape() {
    return declared.shape();
  }

  @Override
  public ArrayTensor read() {
    return ArrayTensor.over(dtype(), shape(), Elements.decode(declared.read(), dtype(), shape().size()));
  }
}
