package dev.posthorn.server.grpc;

import dev.posthorn.v1.Tensor;
import java.util.List;

/** Takes over a Tensor that the generated code has parsed, where speed does not matter. */
final class SentTensors {
  private SentTensors() {}

  static SentTensor of(Tensor message) {
    SentTensor tensor = new SentTensor();
    tensor.name = message.getName();
    tensor.dataType = message.getDataTypeValue();
    message.getShapeList().forEach(tensor.shape::add);
    if (!message.getRaw().isEmpty()) {
      tensor.raw = message.getRaw().toByteArray();
    }
    if (message.getFloatValuesCount() > 0) {
      float[] floats = new float[message.getFloatValuesCount()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = message.getFloatValues(i);
      }
      tensor.floats = floats;
      tensor.floatCount = floats.length;
    }
    if (message.getDoubleValuesCount() > 0) {
      tensor.doubles = message.getDoubleValuesList().stream().mapToDouble(Double::doubleValue).toArray();
      tensor.doubleCount = message.getDoubleValuesCount();
    }
    if (message.getIntValuesCount() > 0) {
      Longs ints = new Longs();
      message.getIntValuesList().forEach(ints::add);
      tensor.ints = ints;
    }
    if (message.getBoolValuesCount() > 0) {
      Longs booleans = new Longs();
      message.getBoolValuesList().forEach(value -> booleans.add(value ? 1 : 0));
      tensor.booleans = booleans;
    }
    if (message.getStringValuesCount() > 0) {
      tensor.strings = List.copyOf(message.getStringValuesList());
    }
    return tensor;
  }
}
