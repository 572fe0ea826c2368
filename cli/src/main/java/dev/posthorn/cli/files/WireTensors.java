package dev.posthorn.cli.files;

import dev.posthorn.client.TensorReader;
import dev.posthorn.client.Tensors;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Port;
import dev.posthorn.engine.Signature;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.v1.DataType;
import dev.posthorn.v1.ModelVersion;
import dev.posthorn.v1.Tensor;
import dev.posthorn.v1.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tensors and signatures of the wire, to those of the engine and back; no bit changes. */
public final class WireTensors {
  private static final String PREFIX = "DATA_TYPE_";

  private WireTensors() {}

  /** The signature of a version of a server's model. */
  public static Signature signature(ModelVersion version) {
    return new Signature(
        ports(version.getSignature().getInputsList(), "input_"),
        ports(version.getSignature().getOutputsList(), "output_"));
  }

  private static List<Port> ports(List<TensorInfo> infos, String alias) {
    List<Port> ports = new ArrayList<>();
    for (TensorInfo info : infos) {
      Shape shape = shape(info.getShapeList());
      TensorSpec spec = new TensorSpec(dtype(info.getDataType()), shape);
      ports.add(new Port(info.getName(), alias + ports.size(), spec, info.getLabelsList(), info.getOptional()));
    }
    return ports;
  }

  private static Shape shape(List<Long> dims) {
    return Shape.of(dims.stream().mapToInt(Math::toIntExact).toArray());
  }

  private static DType dtype(DataType type) {
    if (type == DataType.UNRECOGNIZED || type == DataType.DATA_TYPE_UNSPECIFIED) {
      throw new InferenceException(Reason.INVALID_DTYPE, "the server named a data type that is not known here");
    }
    return DType.valueOf(type.name().substring(PREFIX.length()));
  }

  /** A tensor as it is sent: raw, except strings. */
  public static Tensor encode(String name, ArrayTensor tensor) {
    long[] shape = Arrays.stream(tensor.shape().dims()).asLongStream().toArray();
    if (tensor.dtype() == DType.STRING) {
      return Tensors.strings(name, Arrays.asList(tensor.strings()).subList(0, tensor.size()), shape);
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(tensor.size(), tensor.dtype().bytes()));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < tensor.size(); i++) {
      put(bytes, tensor, i);
    }
    return Tensors.raw(name, DataType.valueOf(PREFIX + tensor.dtype().name()), bytes.array(), shape);
  }

  private static void put(ByteBuffer bytes, ArrayTensor tensor, int i) {
    switch (tensor.dtype()) {
      case BOOL -> bytes.put((byte) (tensor.booleans()[i] ? 1 : 0));
      case INT8, UINT8 -> bytes.put((byte) tensor.ints()[i]);
      case INT16, UINT16 -> bytes.putShort((short) tensor.ints()[i]);
      case INT32 -> bytes.putInt(tensor.ints()[i]);
      case UINT32 -> bytes.putInt((int) tensor.longs()[i]);
      case INT64 -> bytes.putLong(tensor.longs()[i]);
      case FLOAT16 -> bytes.putShort(Float.floatToFloat16(tensor.floats()[i]));
      case BFLOAT16 -> bytes.putShort((short) (Float.floatToRawIntBits(tensor.floats()[i]) >>> 16));
      case FLOAT32 -> bytes.putInt(Float.floatToRawIntBits(tensor.floats()[i]));
      case FLOAT64 -> bytes.putLong(Double.doubleToRawLongBits(tensor.doubles()[i]));
      case STRING -> throw new IllegalArgumentException("strings are not raw");
    }
  }

  /** A tensor as it came. */
  public static ArrayTensor decode(Tensor tensor) {
    DType dtype = dtype(tensor.getDataType());
    Object values =
        switch (dtype.storage()) {
          case BOOLEANS -> TensorReader.booleans(tensor);
          case INTS -> TensorReader.ints(tensor);
          case LONGS -> TensorReader.longs(tensor);
          case FLOATS -> TensorReader.floats(tensor);
          case DOUBLES -> TensorReader.doubles(tensor);
          case STRINGS -> TensorReader.strings(tensor).toArray(String[]::new);
        };
    return ArrayTensor.over(dtype, shape(tensor.getShapeList()), values);
  }
}
