package dev.posthorn.engine.keras;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.dataset.DatasetBase;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.EnumDataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.OpaqueDataType;
import io.jhdf.object.datatype.OrderedDataType;
import io.jhdf.object.datatype.StringData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** A dataset whose type, shape and declared size are known and whose elements are read when they are wanted. */
record Hdf5Array(String name, DType dtype, Shape shape, Dataset dataset, Budget budget) implements StoredArray {

  /**
   * Checks what a dataset declares.
   *
   * @throws InferenceException INVALID_MODEL, UNSUPPORTED for a type that we do not have, TOO_LARGE over the budget
   */
  static Hdf5Array of(Dataset dataset, String name, Budget budget) {
    DType type = type(dataset, name);
    long[] dims = dataset.getDimensionsAsLong();
    int[] shape = new int[dims.length];
    long size = type.bytes();
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] < 0 || dims[i] > Integer.MAX_VALUE) {
        throw new InferenceException(
            Reason.INVALID_MODEL, name + ": axis " + i + " declares " + Long.toUnsignedString(dims[i]) + " elements");
      }
      shape[i] = (int) dims[i];
      size = dims[i] != 0 && size > Long.MAX_VALUE / dims[i] ? Long.MAX_VALUE : size * dims[i];
    }
    Budget.check("model-bytes", Math.min(budget.bytes(), Integer.MAX_VALUE - 8), size, name + ": bytes of an array");
    if (size != dataset.getSizeInBytes()) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          name + ": shape " + Shape.of(shape) + " needs " + size + " bytes, but " + dataset.getSizeInBytes()
              + " are declared");
    }
    return new Hdf5Array(name, type, Shape.of(shape), dataset, budget);
  }

  private static DType type(Dataset dataset, String name) {
    DataType type = dataset.getDataType();
    DType known =
        switch (type) {
          case FloatingPoint real -> real(real);
          case FixedPoint integer -> integer(integer);
          case EnumDataType choice -> isBoolean(choice) ? DType.BOOL : null;
          case OpaqueDataType opaque -> isBfloat16(dataset) ? DType.BFLOAT16 : null;
          case StringData repaired -> isBfloat16(dataset) ? DType.BFLOAT16 : null;
          default -> null;
        };
    if (known == null) {
      throw new InferenceException(
          Reason.UNSUPPORTED,
          name + ": arrays of HDF5 type " + type.getClass().getSimpleName() + " with " + type.getSize()
              + " bytes are not supported; expected bool, int8 to int64, uint8 to uint32 or float16 to float64");
    }
    return known;
  }

  private static @Nullable DType real(FloatingPoint type) {
    if (type.getBitOffset() != 0 || type.getBitPrecision() != 8 * type.getSize()) {
      return null;
    }
    return switch (type.getSize()) {
      case 2 -> type.getExponentSize() == 5 ? DType.FLOAT16 : type.getExponentSize() == 8 ? DType.BFLOAT16 : null;
      case 4 -> DType.FLOAT32;
      case 8 -> DType.FLOAT64;
      default -> null;
    };
  }

  private static @Nullable DType integer(FixedPoint type) {
    if (type.getBitOffset() != 0 || type.getBitPrecision() != 8 * type.getSize()) {
      return null;
    }
    return switch (type.getSize()) {
      case 1 -> type.isSigned() ? DType.INT8 : DType.UINT8;
      case 2 -> type.isSigned() ? DType.INT16 : DType.UINT16;
      case 4 -> type.isSigned() ? DType.INT32 : DType.UINT32;
      case 8 -> type.isSigned() ? DType.INT64 : null;
      default -> null;
    };
  }

  private static boolean isBoolean(EnumDataType type) {
    return type.getSize() == 1
        && "FALSE".equals(type.getEnumMapping().get(0))
        && "TRUE".equals(type.getEnumMapping().get(1));
  }

  private static boolean isBfloat16(Dataset dataset) {
    Attribute attribute = dataset.getAttribute("dtype");
    return dataset.getDataType().getSize() == Short.BYTES && attribute != null && "bfloat16".equals(attribute.getData());
  }

  @Override
  public ArrayTensor read() {
    return Hdf5Weights.contained(name, () -> ArrayTensor.over(dtype, shape, decoded()));
  }

  private Object decoded() {
    int count = shape.size();
    if (count == 0) {
      return ArrayTensor.newArray(dtype, 0);
    }
    if (dataset.isEmpty()) {
      throw new InferenceException(Reason.INVALID_MODEL, name + ": " + shape + " elements are declared, none is stored");
    }
    ByteBuffer bytes =
        dataset instanceof ChunkedDataset chunked
            ? Hdf5Chunks.read(chunked, name, budget)
            : ((DatasetBase) dataset).getDataBuffer();
    if (bytes.remaining() < (long) count * dtype.bytes()) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          name + ": expected " + (long) count * dtype.bytes() + " bytes of elements, got " + bytes.remaining());
    }
    bytes.order(dataset.getDataType() instanceof OrderedDataType type ? type.getByteOrder() : ByteOrder.LITTLE_ENDIAN);
    return Elements.decode(bytes, dtype, count);
  }
}
