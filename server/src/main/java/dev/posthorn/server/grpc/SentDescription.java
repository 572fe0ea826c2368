package dev.posthorn.server.grpc;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Example;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.GivenArray;
import dev.posthorn.engine.keras.SpelledInput;
import dev.posthorn.engine.keras.SpelledLayer;
import dev.posthorn.engine.keras.SpelledModel;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import dev.posthorn.v1.DataType;
import dev.posthorn.v1.LayerDescription;
import dev.posthorn.v1.ModelDescription;
import dev.posthorn.v1.Tensor;
import dev.posthorn.v1.TensorInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A ModelDescription message in the engine's words. */
final class SentDescription {
  private SentDescription() {}

  /**
   * The model that the message spells out.
   *
   * @throws InferenceException MALFORMED_TENSOR, INVALID_DTYPE, INVALID_ARGUMENT
   */
  static SpelledModel of(ModelDescription message) {
    List<SpelledLayer> layers = new ArrayList<>();
    for (int i = 0; i < message.getLayersCount(); i++) {
      layers.add(layer(message.getLayers(i), "layers[" + i + "]"));
    }
    return new SpelledModel(
        message.getKerasConfigJson(),
        weights(message.getWeightsList(), ""),
        layers,
        message.getInputsList().stream().map(SentDescription::input).toList(),
        List.copyOf(message.getOutputsList()),
        message.hasExample() ? Optional.of(example(message)) : Optional.empty(),
        message.getKerasVersion());
  }

  private static SpelledLayer layer(LayerDescription layer, String place) {
    return new SpelledLayer(
        layer.getName(),
        layer.getClassName(),
        layer.getActivation(),
        layer.getConfigJson(),
        List.copyOf(layer.getInputsList()),
        weights(layer.getWeightsList(), place + "."));
  }

  private static List<StoredArray> weights(List<Tensor> tensors, String place) {
    List<StoredArray> arrays = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      String name = place + "weights[" + i + "]";
      arrays.add(new GivenArray(name, tensor(tensors.get(i), name)));
    }
    return arrays;
  }

  private static ArrayTensor tensor(Tensor message, String what) {
    return TensorRules.tensor(SentTensors.of(message), DType.FLOAT32, what);
  }

  private static SpelledInput input(TensorInfo info) {
    Optional<DType> type =
        info.getDataType() == DataType.DATA_TYPE_UNSPECIFIED
            ? Optional.empty()
            : Optional.of(
                WireTypes.of(info.getDataTypeValue())
                    .orElseThrow(
                        () ->
                            new InferenceException(
                                Reason.INVALID_DTYPE,
                                "input '" + info.getName() + "': unknown data_type " + info.getDataTypeValue())));
    int[] dims = new int[info.getShapeCount()];
    for (int axis = 0; axis < dims.length; axis++) {
      long length = info.getShape(axis);
      if (length < -1 || length > Integer.MAX_VALUE) {
        throw new InferenceException(
            Reason.INVALID_MODEL,
            "input '" + info.getName() + "': expected lengths of at least 0, or -1 for any, got " + length);
      }
      dims[axis] = (int) length;
    }
    return new SpelledInput(
        info.getName(), type, dims.length == 0 ? Optional.empty() : Optional.of(Shape.of(dims)));
  }

  private static Example example(ModelDescription message) {
    dev.posthorn.v1.Example example = message.getExample();
    return new Example(
        tensors(example.getInputsList(), "example.inputs", "input_"),
        tensors(example.getOutputsList(), "example.outputs", "output_"),
        example.getRtol() == 0 ? Example.RTOL : example.getRtol(),
        example.getAtol() == 0 ? Example.ATOL : example.getAtol());
  }

  /** By name; a single one may have none and is found by its alias. */
  private static Map<String, ArrayTensor> tensors(List<Tensor> messages, String place, String alias) {
    Map<String, ArrayTensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < messages.size(); i++) {
      Tensor message = messages.get(i);
      String name = message.getName().isEmpty() ? alias + i : message.getName();
      if (tensors.put(name, tensor(message, place + "[" + i + "]")) != null) {
        throw new InferenceException(Reason.INVALID_ARGUMENT, place + ": '" + name + "' stands there twice");
      }
    }
    return tensors;
  }
}
