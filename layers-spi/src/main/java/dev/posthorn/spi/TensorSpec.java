package dev.posthorn.spi;

/** Type and shape of a tensor; axis 0 is the batch and mostly unknown. */
public record TensorSpec(DType dtype, Shape shape) {
  public static TensorSpec of(DType dtype, int... dims) {
    return new TensorSpec(dtype, Shape.of(dims));
  }

  public TensorSpec withLast(int length) {
    return new TensorSpec(dtype, shape.withLast(length));
  }

  public TensorSpec withShape(Shape other) {
    return new TensorSpec(dtype, other);
  }

  public TensorSpec withDType(DType other) {
    return new TensorSpec(other, shape);
  }

  @Override
  public String toString() {
    return dtype.kerasName() + shape;
  }
}
