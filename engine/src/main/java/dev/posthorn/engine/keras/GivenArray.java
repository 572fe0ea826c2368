package dev.posthorn.engine.keras;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;

/** An array that is in memory already. */
public record GivenArray(String name, ArrayTensor tensor) implements StoredArray {
  @Override
  public DType dtype() {
    return tensor.dtype();
  }

  @Override
  public Shape shape() {
    return tensor.shape();
  }

  @Override
  public ArrayTensor read() {
    return tensor;
  }
}
