package dev.posthorn.engine.keras;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;

/** An array of numbers seen as float32, whatever it was saved as. */
record Float32Array(StoredArray array) implements StoredArray {

  static StoredArray of(StoredArray array) {
    if (array.dtype() == DType.STRING || array.dtype() == DType.BOOL) {
      throw new InferenceException(
          Reason.INVALID_MODEL, array.name() + ": expected numbers, got " + array.dtype().kerasName());
    }
    return array.dtype() == DType.FLOAT32 ? array : new Float32Array(array);
  }

  @Override
  public String name() {
    return array.name();
  }

  @Override
  public DType dtype() {
    return DType.FLOAT32;
  }

  @Override
  public Shape shape() {
    return array.shape();
  }

  @Override
  public ArrayTensor read() {
    ArrayTensor tensor = array.read();
    float[] floats = new float[tensor.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] =
          switch (tensor.dtype().storage()) {
            case FLOATS -> tensor.floats()[i];
            case DOUBLES -> (float) tensor.doubles()[i];
            case INTS -> tensor.ints()[i];
            case LONGS -> tensor.longs()[i];
            case BOOLEANS, STRINGS -> throw new IllegalStateException(array.name());
          };
    }
    return ArrayTensor.over(DType.FLOAT32, tensor.shape(), floats);
  }
}
