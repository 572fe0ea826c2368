package dev.posthorn.server.grpc;

import dev.posthorn.server.batching.ArrayPool;
import dev.posthorn.v1.DataType;
import dev.posthorn.v1.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;

/**
 * Reads a {@code posthorn.v1.Tensor}. Raw float32 elements, which almost all are, go straight into an array of the pool.
 * Like every protobuf parser it takes packed and single elements alike and passes over fields that it does not know.
 */
final class TensorReader {
  private static final int PACKED = WireReader.BYTES;

  private final ArrayPool arrays;

  TensorReader(ArrayPool arrays) {
    this.arrays = arrays;
  }

  /** Reads a tensor up to the reader's limit. */
  SentTensor read(WireReader in) throws WireReader.Malformed {
    SentTensor tensor = new SentTensor();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      if (!readField(in, tag, tensor)) {
        in.skip(tag);
      }
    }
    return tensor;
  }

  private boolean readField(WireReader in, int tag, SentTensor tensor) throws WireReader.Malformed {
    int type = tag & 7;
    switch (tag >>> 3) {
      case Tensor.NAME_FIELD_NUMBER -> {
        if (type != WireReader.BYTES) {
          return false;
        }
        tensor.name = in.string();
      }
      case Tensor.DATA_TYPE_FIELD_NUMBER -> {
        if (type != WireReader.VARINT) {
          return false;
        }
        tensor.dataType = (int) in.varint();
      }
      case Tensor.SHAPE_FIELD_NUMBER -> {
        return readVarints(in, type, tensor.shape);
      }
      case Tensor.RAW_FIELD_NUMBER -> {
        if (type != WireReader.BYTES) {
          return false;
        }
        readRaw(in, tensor);
      }
      case Tensor.FLOAT_VALUES_FIELD_NUMBER -> {
        return readFloats(in, type, tensor);
      }
      case Tensor.DOUBLE_VALUES_FIELD_NUMBER -> {
        return readDoubles(in, type, tensor);
      }
      case Tensor.INT_VALUES_FIELD_NUMBER -> {
        Longs values = tensor.ints == null ? new Longs() : tensor.ints;
        boolean read = readVarints(in, type, values);
        tensor.ints = values.size() == 0 ? null : values;
        return read;
      }
      case Tensor.BOOL_VALUES_FIELD_NUMBER -> {
        Longs values = tensor.booleans == null ? new Longs() : tensor.booleans;
        boolean read = readVarints(in, type, values);
        tensor.booleans = values.size() == 0 ? null : values;
        return read;
      }
      case Tensor.STRING_VALUES_FIELD_NUMBER -> {
        if (type != WireReader.BYTES) {
          return false;
        }
        if (tensor.strings == null) {
          tensor.strings = new ArrayList<>();
        }
        tensor.strings.add(in.string());
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The last raw field counts, as with any field that may stand once; an empty one is none. */
  private void readRaw(WireReader in, SentTensor tensor) throws WireReader.Malformed {
    int size = in.size();
    if (tensor.floatsAreRaw) {
      tensor.floats = null;
      tensor.floatsAreRaw = false;
    }
    tensor.raw = null;
    boolean direct =
        tensor.dataType == DataType.DATA_TYPE_FLOAT32_VALUE && size % 4 == 0 && tensor.floats == null;
    if (size > 0 && direct) {
      float[] floats = arrays.take(size / 4);
      in.floats(floats, 0, size / 4);
      tensor.floats = floats;
      tensor.floatCount = size / 4;
      tensor.floatsAreRaw = true;
    } else if (size > 0) {
      tensor.raw = in.bytes(size);
    }
  }

  /** The bytes that raw floats were read from, where the data type turned out to be another one. */
  static byte[] rawBytes(SentTensor tensor) {
    if (tensor.raw != null) {
      return tensor.raw;
    }
    float[] floats = tensor.floats;
    if (floats == null) {
      return new byte[0];
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.floatCount).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(floats, 0, tensor.floatCount);
    return bytes.array();
  }

  private boolean readFloats(WireReader in, int type, SentTensor tensor) throws WireReader.Malformed {
    if (type != PACKED && type != WireReader.FIXED32) {
      return false;
    }
    if (tensor.floatsAreRaw) {
      tensor.raw = rawBytes(tensor);
      tensor.floats = null;
      tensor.floatsAreRaw = false;
      tensor.floatCount = 0;
    }
    int bytes = type == PACKED ? in.size() : 4;
    if (bytes % 4 != 0) {
      throw new WireReader.Malformed("float_values of " + bytes + " bytes");
    }
    int count = bytes / 4;
    if (count == 0) {
      return true;
    }
    float[] floats = tensor.floats == null ? arrays.take(count) : tensor.floats;
    int from = tensor.floats == null ? 0 : tensor.floatCount;
    if (floats.length < from + count) {
      floats = Arrays.copyOf(floats, Math.max(2 * floats.length, from + count));
    }
    in.floats(floats, from, count);
    tensor.floats = floats;
    tensor.floatCount = from + count;
    return true;
  }

  private static boolean readDoubles(WireReader in, int type, SentTensor tensor) throws WireReader.Malformed {
    if (type != PACKED && type != WireReader.FIXED64) {
      return false;
    }
    int bytes = type == PACKED ? in.size() : 8;
    if (bytes % 8 != 0) {
      throw new WireReader.Malformed("double_values of " + bytes + " bytes");
    }
    int count = bytes / 8;
    if (count == 0) {
      return true;
    }
    int from = tensor.doubleCount;
    double[] doubles = tensor.doubles == null ? new double[count] : tensor.doubles;
    if (doubles.length < from + count) {
      doubles = Arrays.copyOf(doubles, Math.max(2 * doubles.length, from + count));
    }
    in.doubles(doubles, from, count);
    tensor.doubles = doubles;
    tensor.doubleCount = from + count;
    return true;
  }

  private static boolean readVarints(WireReader in, int type, Longs into) throws WireReader.Malformed {
    if (type == WireReader.VARINT) {
      into.add(in.varint());
      return true;
    }
    if (type != PACKED) {
      return false;
    }
    int outer = in.enter();
    while (in.remaining() > 0) {
      into.add(in.varint());
    }
    in.leave(outer);
    return true;
  }
}
