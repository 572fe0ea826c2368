package dev.posthorn.engine;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Weight;
import org.ejml.data.FMatrixRMaj;
import org.jspecify.annotations.Nullable;

/** A declared weight. The {@link Binder} says where it is; its numbers are read when they are wanted. */
final class BoundWeight implements Weight {
  private final String name;
  private final String owner;
  private final DType dtype;
  private final Shape shape;
  private volatile @Nullable StoredArray source;
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

  /** Says where it is; type and shape fit. */
  void bind(StoredArray stored) {
    source = stored;
  }

  /** Whether its numbers can be had without being kept here: they are float32, and nobody wanted them so far. */
  boolean isStreamable() {
    StoredArray stored = source;
    return data == null && stored != null && isFloats(dtype) && isFloats(stored.dtype());
  }

  private static boolean isFloats(DType type) {
    return type.storage() == DType.Storage.FLOATS;
  }

  /** Passes the numbers on without keeping them. */
  void stream(FloatSink sink) {
    StoredArray stored = source;
    if (stored == null) {
      throw new IllegalStateException(owner + ": weight '" + name + "' is not bound");
    }
    stored.stream(sink);
  }

  /** Reads what nobody wanted so far, and forgets the file. */
  void settle() {
    if (source != null) {
      data();
      source = null;
    }
  }

  void release() {
    data = null;
    source = null;
  }

  boolean isBound() {
    return data != null;
  }

  private ArrayTensor data() {
    ArrayTensor values = data;
    StoredArray stored = source;
    if (values == null && stored != null) {
      values = read(stored);
      data = values;
    }
    if (values == null) {
      throw new IllegalStateException(owner + ": the numbers of weight '" + name + "' are not there: they come after the"
          + " constructor, and go once a weight is kept as a matrix only");
    }
    return values;
  }

  private ArrayTensor read(StoredArray stored) {
    ArrayTensor values = stored.read();
    return values.array().getClass() == ArrayTensor.newArray(dtype, 0).getClass()
        ? ArrayTensor.over(dtype, shape, values.array())
        : Conversions.cast(values, dtype);
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
