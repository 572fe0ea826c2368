package dev.posthorn.server.grpc;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.spi.DType;
import dev.posthorn.v1.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes tensors as {@code posthorn.v1.Tensor}: raw, or in the typed field. */
final class TensorWriter {
  private TensorWriter() {}

  /** Writes a tensor as that field of the message. Strings are never raw; float16 and bfloat16 always are. */
  static void write(MessageWriter out, int field, String name, ArrayTensor tensor, boolean raw) {
    MessageWriter head = new MessageWriter(48);
    head.string(Tensor.NAME_FIELD_NUMBER, name);
    head.integer(Tensor.DATA_TYPE_FIELD_NUMBER, WireTypes.wire(tensor.dtype()).getNumber());
    writeShape(head, tensor);
    OutgoingMessage.Part numbers = null;
    if (tensor.size() > 0) {
      numbers = writeElements(head, tensor, raw);
    }
    out.tag(field, WireReader.BYTES);
    out.varint(head.size() + (numbers == null ? 0 : numbers.size()));
    out.append(head);
    if (numbers != null) {
      out.part(numbers);
    }
  }

  private static void writeShape(MessageWriter head, ArrayTensor tensor) {
    int rank = tensor.shape().rank();
    if (rank == 0) {
      return;
    }
    MessageWriter dims = new MessageWriter(5 * rank);
    for (int axis = 0; axis < rank; axis++) {
      dims.varint(tensor.shape().dim(axis));
    }
    head.tag(Tensor.SHAPE_FIELD_NUMBER, WireReader.BYTES);
    head.varint(dims.size());
    head.append(dims);
  }

  /** Writes the elements, or only their tag and length where they are written from the array itself. */
  private static OutgoingMessage.@Nullable Part writeElements(
      MessageWriter head, ArrayTensor tensor, boolean raw) {
    DType type = tensor.dtype();
    if (type == DType.STRING) {
      for (int i = 0; i < tensor.size(); i++) {
        head.bytes(
            Tensor.STRING_VALUES_FIELD_NUMBER,
            tensor.strings()[i].getBytes(StandardCharsets.UTF_8));
      }
      return null;
    }
    OutgoingMessage.Part numbers =
        switch (type) {
          case FLOAT32 -> new OutgoingMessage.Floats(tensor.floats(), tensor.size());
          case FLOAT64 -> new OutgoingMessage.Doubles(tensor.doubles(), tensor.size());
          default -> {
            byte[] bytes = raw || type.isFloating() ? rawBytes(tensor) : typedBytes(tensor);
            yield new OutgoingMessage.Bytes(bytes, bytes.length);
          }
        };
    head.tag(raw ? Tensor.RAW_FIELD_NUMBER : typedField(type), WireReader.BYTES);
    head.varint(numbers.size());
    return numbers;
  }

  private static int typedField(DType type) {
    return switch (type) {
      case FLOAT32 -> Tensor.FLOAT_VALUES_FIELD_NUMBER;
      case FLOAT64 -> Tensor.DOUBLE_VALUES_FIELD_NUMBER;
      case BOOL -> Tensor.BOOL_VALUES_FIELD_NUMBER;
      case FLOAT16, BFLOAT16 -> Tensor.RAW_FIELD_NUMBER;
      case STRING -> Tensor.STRING_VALUES_FIELD_NUMBER;
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32 -> Tensor.INT_VALUES_FIELD_NUMBER;
    };
  }

  private static byte[] typedBytes(ArrayTensor tensor) {
    MessageWriter values = new MessageWriter(2 * tensor.size());
    for (int i = 0; i < tensor.size(); i++) {
      values.varint(integer(tensor, i));
    }
    return values.toBytes();
  }

  private static long integer(ArrayTensor tensor, int index) {
    return switch (tensor.array()) {
      case boolean[] booleans -> booleans[index] ? 1 : 0;
      case int[] ints -> ints[index];
      case long[] longs -> longs[index];
      default -> throw new IllegalStateException(tensor.dtype() + " as an integer");
    };
  }

  private static byte[] rawBytes(ArrayTensor tensor) {
    DType type = tensor.dtype();
    ByteBuffer out = ByteBuffer.allocate(tensor.size() * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.size(); i++) {
      switch (type) {
        case FLOAT16 -> out.putShort(Float.floatToFloat16(tensor.floats()[i]));
        case BFLOAT16 -> out.putShort(bfloat16(tensor.floats()[i]));
        default -> {
          long value = integer(tensor, i);
          switch (type.bytes()) {
            case 1 -> out.put((byte) value);
            case 2 -> out.putShort((short) value);
            case 4 -> out.putInt((int) value);
            default -> out.putLong(value);
          }
        }
      }
    }
    return out.array();
  }

  /** Rounded to nearest, ties to even; NaN stays NaN. */
  private static short bfloat16(float value) {
    int bits = Float.floatToIntBits(value);
    return Float.isNaN(value) ? (short) (bits >> 16 | 0x40) : (short) (bits + 0x7FFF + (bits >> 16 & 1) >> 16);
  }
}
