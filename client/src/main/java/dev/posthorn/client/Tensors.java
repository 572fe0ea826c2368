package dev.posthorn.client;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.posthorn.v1.DataType;
import dev.posthorn.v1.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Java arrays to the wire's {@link Tensor}.
 *
 * <p>Numbers and booleans are sent raw (little-endian bytes), which is several times faster than the typed fields; the answer
 * then comes raw too. Strings have only their typed field. Data are copied; elements are in row-major order and axis 0 is the
 * batch. The name may be empty where a model has only one input. {@link TensorReader} goes the other way.
 *
 * <p>All methods throw {@link IllegalArgumentException} where the data do not fill the shape, or rows differ in length.
 */
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is allocate()'s
public final class Tensors {

  private Tensors() {}

  /** A batch of rows of features for a model's only input: shape {@code [rows, features]}, FLOAT32. */
  public static Tensor of(float[][] rows) {
    return of("", rows);
  }

  /** A batch of rows of features: shape {@code [rows, features]}, FLOAT32. No rows give shape {@code [0, 0]}. */
  public static Tensor of(String name, float[][] rows) {
    int features = rows.length == 0 ? 0 : rows[0].length;
    ByteBuffer bytes = allocate((long) rows.length * features, Float.BYTES);
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != features) {
        throw new IllegalArgumentException(
            "row " + i + ": expected " + features + " features as in row 0, got " + rows[i].length);
      }
      for (float value : rows[i]) {
        bytes.putFloat(value);
      }
    }
    return wrapped(name, DataType.DATA_TYPE_FLOAT32, bytes.array(), rows.length, features);
  }

  /** FLOAT32 elements in row-major order. */
  public static Tensor of(String name, float[] data, long... shape) {
    checkSize(name, data.length, shape);
    ByteBuffer bytes = allocate(data.length, Float.BYTES);
    bytes.asFloatBuffer().put(data);
    return wrapped(name, DataType.DATA_TYPE_FLOAT32, bytes.array(), shape);
  }

  /** FLOAT64 elements in row-major order. */
  public static Tensor doubles(String name, double[] data, long... shape) {
    checkSize(name, data.length, shape);
    ByteBuffer bytes = allocate(data.length, Double.BYTES);
    bytes.asDoubleBuffer().put(data);
    return wrapped(name, DataType.DATA_TYPE_FLOAT64, bytes.array(), shape);
  }

  /** INT32 elements in row-major order. */
  public static Tensor ints(String name, int[] data, long... shape) {
    checkSize(name, data.length, shape);
    ByteBuffer bytes = allocate(data.length, Integer.BYTES);
    bytes.asIntBuffer().put(data);
    return wrapped(name, DataType.DATA_TYPE_INT32, bytes.array(), shape);
  }

  /** INT64 elements in row-major order. */
  public static Tensor longs(String name, long[] data, long... shape) {
    checkSize(name, data.length, shape);
    ByteBuffer bytes = allocate(data.length, Long.BYTES);
    bytes.asLongBuffer().put(data);
    return wrapped(name, DataType.DATA_TYPE_INT64, bytes.array(), shape);
  }

  /** BOOL elements in row-major order. */
  public static Tensor booleans(String name, boolean[] data, long... shape) {
    checkSize(name, data.length, shape);
    ByteBuffer bytes = allocate(data.length, Byte.BYTES);
    for (boolean value : data) {
      bytes.put((byte) (value ? 1 : 0));
    }
    return wrapped(name, DataType.DATA_TYPE_BOOL, bytes.array(), shape);
  }

  /** STRING elements in row-major order. */
  public static Tensor strings(String name, List<String> data, long... shape) {
    checkSize(name, data.size(), shape);
    Tensor.Builder tensor = Tensor.newBuilder().setName(name).setDataType(DataType.DATA_TYPE_STRING);
    for (long dimension : shape) {
      tensor.addShape(dimension);
    }
    return tensor.addAllStringValues(data).build();
  }

  /** Elements of any type as the wire has them: little-endian, row-major, without padding. The bytes are not copied. */
  public static Tensor raw(String name, DataType type, byte[] littleEndian, long... shape) {
    return wrapped(name, type, littleEndian, shape);
  }

  /** The same tensor under another name. */
  public static Tensor named(String name, Tensor tensor) {
    return tensor.toBuilder().setName(name).build();
  }

  private static Tensor wrapped(String name, DataType type, byte[] bytes, long... shape) {
    ByteString content = UnsafeByteOperations.unsafeWrap(bytes);
    Tensor.Builder tensor = Tensor.newBuilder().setName(name).setDataType(type).setRaw(content);
    for (long dimension : shape) {
      tensor.addShape(dimension);
    }
    return tensor.build();
  }

  private static ByteBuffer allocate(long elements, int bytesEach) {
    return ByteBuffer.allocate(Math.toIntExact(Math.multiplyExact(elements, bytesEach))).order(LITTLE_ENDIAN);
  }

  private static void checkSize(String name, long elements, long[] shape) {
    long expected = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException("tensor '" + name + "': negative dimension in " + Arrays.toString(shape));
      }
      expected = Math.multiplyExact(expected, dimension);
    }
    if (expected != elements) {
      throw new IllegalArgumentException(
          "tensor '" + name + "': shape " + Arrays.toString(shape) + " has " + expected + " elements, got " + elements);
    }
  }
}
