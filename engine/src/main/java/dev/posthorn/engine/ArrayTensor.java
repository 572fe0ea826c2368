package dev.posthorn.engine;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.lang.reflect.Array;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.data.FMatrixRMaj;
import org.ejml.simple.SimpleMatrix;
import org.jspecify.annotations.Nullable;

/** A tensor over a plain Java array, which may be longer than the tensor. Not thread-safe while it is written. */
public final class ArrayTensor implements Tensor {
  private static final Object[] EMPTY = {
    new boolean[0], new int[0], new long[0], new float[0], new double[0], new String[0]
  };

  private final DType dtype;
  private final Shape shape;
  private final int size;
  private Object array;
  private @Nullable FMatrixRMaj matrix;
  private @Nullable DMatrixRMaj doubleMatrix;

  private ArrayTensor(TensorSpec spec) {
    this.dtype = spec.dtype();
    this.shape = spec.shape();
    this.size = shape.size();
    this.array = EMPTY[dtype.storage().ordinal()];
  }

  private ArrayTensor(DType dtype, Shape shape, Object array) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = shape.size();
    this.array = array;
    if (Array.getLength(array) < size) {
      throw new InferenceException(
          Reason.MALFORMED_TENSOR,
          "expected " + size + " elements for shape " + shape + ", got " + Array.getLength(array));
    }
  }

  /** A tensor of zeros, false or empty strings. */
  public static ArrayTensor allocate(TensorSpec spec) {
    Object array = newArray(spec.dtype(), spec.shape().size());
    if (array instanceof String[] strings) {
      Arrays.fill(strings, "");
    }
    return new ArrayTensor(spec.dtype(), spec.shape(), array);
  }

  public static ArrayTensor allocate(DType dtype, int... dims) {
    return allocate(TensorSpec.of(dtype, dims));
  }

  /** A tensor over that array, which is not copied; its kind must be that of the type's storage. */
  public static ArrayTensor over(DType dtype, Shape shape, Object array) {
    if (array.getClass() != newArray(dtype, 0).getClass()) {
      throw new IllegalArgumentException(dtype + " over " + array.getClass().getSimpleName());
    }
    return new ArrayTensor(dtype, shape, array);
  }

  public static ArrayTensor of(float[] values, int... dims) {
    return new ArrayTensor(DType.FLOAT32, Shape.of(dims), values);
  }

  public static ArrayTensor of(double[] values, int... dims) {
    return new ArrayTensor(DType.FLOAT64, Shape.of(dims), values);
  }

  public static ArrayTensor of(int[] values, int... dims) {
    return new ArrayTensor(DType.INT32, Shape.of(dims), values);
  }

  public static ArrayTensor of(long[] values, int... dims) {
    return new ArrayTensor(DType.INT64, Shape.of(dims), values);
  }

  public static ArrayTensor of(boolean[] values, int... dims) {
    return new ArrayTensor(DType.BOOL, Shape.of(dims), values);
  }

  public static ArrayTensor of(String[] values, int... dims) {
    return new ArrayTensor(DType.STRING, Shape.of(dims), values);
  }

  /** A Java array of the kind that holds that type. */
  public static Object newArray(DType dtype, int length) {
    return switch (dtype.storage()) {
      case BOOLEANS -> new boolean[length];
      case INTS -> new int[length];
      case LONGS -> new long[length];
      case FLOATS -> new float[length];
      case DOUBLES -> new double[length];
      case STRINGS -> new String[length];
    };
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
  public int size() {
    return size;
  }

  public TensorSpec spec() {
    return new TensorSpec(dtype, shape);
  }

  /** The array itself, whatever its kind. */
  public Object array() {
    return array;
  }

  /** A tensor of that type and shape whose array comes later: {@link #rebind}. */
  static ArrayTensor unbound(TensorSpec spec) {
    return new ArrayTensor(spec);
  }

  /** Puts another array of the same kind, at least as long, in place of this tensor's; allocates nothing. */
  void rebind(Object other) {
    array = other;
    if (matrix != null) {
      matrix.data = floats();
    }
    if (doubleMatrix != null) {
      doubleMatrix.data = doubles();
    }
  }

  /** Lets go of the array. */
  void unbind() {
    rebind(EMPTY[dtype.storage().ordinal()]);
  }

  @Override
  public float[] floats() {
    return array instanceof float[] values ? values : wrong("floats");
  }

  @Override
  public double[] doubles() {
    return array instanceof double[] values ? values : wrong("doubles");
  }

  @Override
  public int[] ints() {
    return array instanceof int[] values ? values : wrong("ints");
  }

  @Override
  public long[] longs() {
    return array instanceof long[] values ? values : wrong("longs");
  }

  @Override
  public boolean[] booleans() {
    return array instanceof boolean[] values ? values : wrong("booleans");
  }

  @Override
  public String[] strings() {
    return array instanceof String[] values ? values : wrong("strings");
  }

  private <T> T wrong(String asked) {
    throw new IllegalStateException("a " + dtype.kerasName() + " tensor has no " + asked + "()");
  }

  @Override
  public FMatrixRMaj matrix() {
    FMatrixRMaj view = matrix;
    if (view == null) {
      view = FMatrixRMaj.wrap(rows(), columns(), floats());
      matrix = view;
    }
    return view;
  }

  @Override
  public DMatrixRMaj doubleMatrix() {
    DMatrixRMaj view = doubleMatrix;
    if (view == null) {
      view = DMatrixRMaj.wrap(rows(), columns(), doubles());
      doubleMatrix = view;
    }
    return view;
  }

  @Override
  public SimpleMatrix simple() {
    return dtype.storage() == DType.Storage.DOUBLES
        ? SimpleMatrix.wrap(doubleMatrix())
        : SimpleMatrix.wrap(matrix());
  }

  @Override
  public void set(SimpleMatrix other) {
    if (other.getNumElements() != size) {
      throw new IllegalArgumentException(
          "expected " + size + " elements for shape " + shape + ", got " + other.getNumElements());
    }
    int columns = other.getNumCols();
    for (int i = 0; i < size; i++) {
      double value = other.get(i / columns, i % columns);
      if (array instanceof double[] doubles) {
        doubles[i] = value;
      } else {
        floats()[i] = (float) value;
      }
    }
  }

  private int columns() {
    return shape.rank() == 0 ? 1 : shape.last();
  }

  private int rows() {
    return shape.rank() == 0 ? 1 : shape.product(0, shape.rank() - 1);
  }

  @Override
  public String toString() {
    return spec().toString();
  }
}
