package dev.posthorn.engine;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Weight;
import org.ejml.data.FMatrixRMaj;
import org.jspecify.annotations.Nullable;

/** A declared weight; filled by the {@link Binder}. */
final class BoundWeight implements Weight {
  private final String name;
  private final String owner;
  private final DType dtype;
  private final Shape shape;
  private volatile @Nullable ArrayTensor data;

  BoundWeight(String owner, String name, DType dtype, Shape shape) {
    this.owner = owner;
    this.name = name;
    this.dtype = dtype;
    this.shape = shape;
  }

  /** The layer that declared it, for messages. */
  String owner() {
    return owner;
  }

  void bind(ArrayTensor values) {
    data = values;
  }

  void release() {
    data = null;
  }

  boolean isBound() {
    return data != null;
  }

  private ArrayTensor data() {
    ArrayTensor values = data;
    if (values == null) {
      throw new IllegalStateException(owner + ": the numbers of weight '" + name + "' are not there: they come after the"
          + " constructor, and go once a weight is kept as a matrix only");
    }
    return values;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public float[] floats() {
    return data().floats();
  }

  @Override
  public double[] doubles() {
    return data().doubles();
  }

  @Override
  public int[] ints() {
    return data().ints();
  }

  @Override
  public long[] longs() {
    return data().longs();
  }

  @Override
  public boolean[] booleans() {
    return data().booleans();
  }

  @Override
  public double[] asDoubles() {
    ArrayTensor values = data();
    return values.array() instanceof double[] doubles
        ? doubles
        : Conversions.cast(values, DType.FLOAT64).doubles();
  }

  @Override
  public FMatrixRMaj matrix() {
    return data().matrix();
  }
}
