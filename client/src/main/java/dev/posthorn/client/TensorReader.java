package dev.posthorn.client;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.posthorn.v1.DataType;
import dev.posthorn.v1.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;

/**
 * The wire's {@link Tensor} to Java arrays, in row-major order; raw and typed fields alike.
 *
 * <p>A number type converts where no value can be lost: to {@code float} from FLOAT32, FLOAT16, BFLOAT16 and integers of up to 16
 * bits, to {@code double} also from FLOAT64 and 32-bit integers, to {@code int} from integers of up to 32 bits that fit, to
 * {@code long} from every integer. Anything else, and contents that do not fill the shape, throw
 * {@link IllegalArgumentException}.
 */
public final class TensorReader {

  private TensorReader() {}

  /** The shape, axis 0 being the batch. */
  public static long[] shape(Tensor tensor) {
    long[] shape = new long[tensor.getShapeCount()];
    Arrays.setAll(shape, tensor::getShape);
    return shape;
  }

  /** The number of elements that the shape holds. */
  public static int size(Tensor tensor) {
    long size = 1;
    for (long dimension : tensor.getShapeList()) {
      if (dimension < 0) {
        throw malformed(tensor, "a negative dimension");
      }
      size = Math.multiplyExact(size, dimension);
    }
    return Math.toIntExact(size);
  }

  /** All elements, flat. */
  public static float[] floats(Tensor tensor) {
    DataType type = type(tensor);
    switch (type) {
      case DATA_TYPE_FLOAT32, DATA_TYPE_FLOAT16, DATA_TYPE_BFLOAT16, DATA_TYPE_INT8, DATA_TYPE_INT16, DATA_TYPE_UINT8, DATA_TYPE_UINT16 -> {}
      default -> throw wrongType(tensor, "float");
    }
    float[] values = new float[count(tensor)];
    if (type == DataType.DATA_TYPE_FLOAT32 && !tensor.getRaw().isEmpty()) {
      bytes(tensor).asFloatBuffer().get(values);
      return values;
    }
    IntToDoubleFunction element = elements(tensor, type);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) element.applyAsDouble(i);
    }
    return values;
  }

  /** The rows of a tensor of rank 2; of rank 1, one element a row. */
  public static float[][] float2d(Tensor tensor) {
    int[] extent = extent2d(tensor);
    float[] flat = floats(tensor);
    float[][] rows = new float[extent[0]][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * extent[1], (i + 1) * extent[1]));
    return rows;
  }

  /** All elements, flat. */
  public static double[] doubles(Tensor tensor) {
    DataType type = type(tensor);
    switch (type) {
      case DATA_TYPE_BOOL, DATA_TYPE_STRING, DATA_TYPE_INT64, DATA_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw wrongType(tensor, "double");
      default -> {}
    }
    double[] values = new double[count(tensor)];
    IntToDoubleFunction element = elements(tensor, type);
    Arrays.setAll(values, element);
    return values;
  }

  /** The rows of a tensor of rank 2; of rank 1, one element a row. */
  public static double[][] double2d(Tensor tensor) {
    int[] extent = extent2d(tensor);
    double[] flat = doubles(tensor);
    double[][] rows = new double[extent[0]][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * extent[1], (i + 1) * extent[1]));
    return rows;
  }

  /** All elements, flat. */
  public static int[] ints(Tensor tensor) {
    long[] values = longs(tensor);
    int[] narrow = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      if (values[i] != (int) values[i]) {
        throw malformed(tensor, "element " + i + " is " + values[i] + ", which is no int");
      }
      narrow[i] = (int) values[i];
    }
    return narrow;
  }

  /** All elements, flat. */
  public static long[] longs(Tensor tensor) {
    DataType type = type(tensor);
    switch (type) {
      case DATA_TYPE_INT8, DATA_TYPE_INT16, DATA_TYPE_INT32, DATA_TYPE_INT64, DATA_TYPE_UINT8, DATA_TYPE_UINT16, DATA_TYPE_UINT32 -> {}
      default -> throw wrongType(tensor, "long");
    }
    long[] values = new long[count(tensor)];
    IntToLongFunction element = integers(tensor, type);
    Arrays.setAll(values, element);
    return values;
  }

  /** All elements, flat. */
  public static boolean[] booleans(Tensor tensor) {
    if (type(tensor) != DataType.DATA_TYPE_BOOL) {
      throw wrongType(tensor, "boolean");
    }
    boolean[] values = new boolean[count(tensor)];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.getRaw().isEmpty() ? tensor.getBoolValues(i) : tensor.getRaw().byteAt(i) != 0;
    }
    return values;
  }

  /** All elements, flat. */
  public static List<String> strings(Tensor tensor) {
    if (type(tensor) != DataType.DATA_TYPE_STRING) {
      throw wrongType(tensor, "String");
    }
    count(tensor);
    return List.copyOf(tensor.getStringValuesList());
  }

  /** The declared type, or the one that the filled field stands for. */
  private static DataType type(Tensor tensor) {
    if (tensor.getDataType() != DataType.DATA_TYPE_UNSPECIFIED) {
      return tensor.getDataType();
    }
    if (tensor.getFloatValuesCount() > 0) {
      return DataType.DATA_TYPE_FLOAT32;
    }
    if (tensor.getDoubleValuesCount() > 0) {
      return DataType.DATA_TYPE_FLOAT64;
    }
    if (tensor.getIntValuesCount() > 0) {
      return DataType.DATA_TYPE_INT64;
    }
    if (tensor.getBoolValuesCount() > 0) {
      return DataType.DATA_TYPE_BOOL;
    }
    return tensor.getStringValuesCount() > 0 ? DataType.DATA_TYPE_STRING : DataType.DATA_TYPE_UNSPECIFIED;
  }

  private static IntToDoubleFunction elements(Tensor tensor, DataType type) {
    if (tensor.getRaw().isEmpty()) {
      return switch (type) {
        case DATA_TYPE_FLOAT32 -> tensor::getFloatValues;
        case DATA_TYPE_FLOAT64 -> tensor::getDoubleValues;
        default -> tensor::getIntValues;
      };
    }
    ByteBuffer bytes = bytes(tensor);
    return switch (type) {
      case DATA_TYPE_FLOAT32 -> i -> bytes.getFloat(4 * i);
      case DATA_TYPE_FLOAT64 -> i -> bytes.getDouble(8 * i);
      case DATA_TYPE_FLOAT16 -> i -> float16(bytes.getShort(2 * i));
      case DATA_TYPE_BFLOAT16 -> i -> Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
      default -> {
        IntToLongFunction integers = integers(tensor, type);
        yield i -> (double) integers.applyAsLong(i);
      }
    };
  }

  private static IntToLongFunction integers(Tensor tensor, DataType type) {
    if (tensor.getRaw().isEmpty()) {
      return tensor::getIntValues;
    }
    ByteBuffer bytes = bytes(tensor);
    return switch (type) {
      case DATA_TYPE_INT8 -> bytes::get;
      case DATA_TYPE_UINT8 -> i -> bytes.get(i) & 0xff;
      case DATA_TYPE_INT16 -> i -> bytes.getShort(2 * i);
      case DATA_TYPE_UINT16 -> i -> bytes.getShort(2 * i) & 0xffff;
      case DATA_TYPE_INT32 -> i -> bytes.getInt(4 * i);
      case DATA_TYPE_UINT32 -> i -> bytes.getInt(4 * i) & 0xffffffffL;
      default -> i -> bytes.getLong(8 * i);
    };
  }

  /** IEEE 754 binary16; Java itself converts it from 20 on. */
  private static float float16(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude;
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24f;
    } else {
      int wide = exponent == 0x1f ? 0xff : exponent + 112;
      magnitude = Float.intBitsToFloat(wide << 23 | fraction << 13);
    }
    return bits < 0 ? -magnitude : magnitude;
  }

  private static ByteBuffer bytes(Tensor tensor) {
    return tensor.getRaw().asReadOnlyByteBuffer().order(LITTLE_ENDIAN);
  }

  /** The number of elements; the field that holds them is checked to have as many. */
  private static int count(Tensor tensor) {
    int size = size(tensor);
    DataType type = type(tensor);
    int held =
        tensor.getRaw().isEmpty()
            ? switch (type) {
              case DATA_TYPE_FLOAT32 -> tensor.getFloatValuesCount();
              case DATA_TYPE_FLOAT64 -> tensor.getDoubleValuesCount();
              case DATA_TYPE_BOOL -> tensor.getBoolValuesCount();
              case DATA_TYPE_STRING -> tensor.getStringValuesCount();
              default -> tensor.getIntValuesCount();
            }
            : tensor.getRaw().size() % width(type) == 0 ? tensor.getRaw().size() / width(type) : -1;
    if (held != size) {
      throw malformed(tensor, held < 0 ? tensor.getRaw().size() + " bytes" : held + " elements");
    }
    return size;
  }

  private static int width(DataType type) {
    return switch (type) {
      case DATA_TYPE_INT16, DATA_TYPE_UINT16, DATA_TYPE_FLOAT16, DATA_TYPE_BFLOAT16 -> 2;
      case DATA_TYPE_INT32, DATA_TYPE_UINT32, DATA_TYPE_FLOAT32 -> 4;
      case DATA_TYPE_INT64, DATA_TYPE_FLOAT64 -> 8;
      case DATA_TYPE_BOOL, DATA_TYPE_INT8, DATA_TYPE_UINT8, DATA_TYPE_STRING, DATA_TYPE_UNSPECIFIED, UNRECOGNIZED -> 1;
    };
  }

  private static int[] extent2d(Tensor tensor) {
    return switch (tensor.getShapeCount()) {
      case 1 -> new int[] {Math.toIntExact(tensor.getShape(0)), 1};
      case 2 -> new int[] {Math.toIntExact(tensor.getShape(0)), Math.toIntExact(tensor.getShape(1))};
      default -> throw malformed(tensor, "rank " + tensor.getShapeCount() + " where rows were asked for");
    };
  }

  private static IllegalArgumentException wrongType(Tensor tensor, String asked) {
    return new IllegalArgumentException("tensor '" + tensor.getName() + "' holds " + type(tensor) + ", asked for " + asked);
  }

  private static IllegalArgumentException malformed(Tensor tensor, String what) {
    return new IllegalArgumentException(
        "tensor '" + tensor.getName() + "' of shape " + tensor.getShapeList() + " has " + what);
  }
}
