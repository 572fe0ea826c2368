package dev.posthorn.testkit;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Assets;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The layer of a contract as a model of its own: inputs, one call of the layer, all outputs. */
final class ContractModel {
  static final String LAYER = "subject";

  private final LayerContract contract;

  ContractModel(LayerContract contract) {
    this.contract = contract;
  }

  /**
   * A description of the model.
   *
   * @param outputs how many outputs of the layer the model gives
   */
  ModelDescription describe(
      List<ArrayTensor> weights, DType floating, Map<String, ?> moreConfig, int outputs) {
    List<Object> layers = new ArrayList<>();
    List<Object> inputs = new ArrayList<>();
    for (int i = 0; i < contract.inputs().size(); i++) {
      layers.add(inputLayer(i, floating));
      inputs.add(List.of("input_" + i, 0L, 0L));
    }
    layers.add(subject(floating, moreConfig));
    List<Object> results = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      results.add(List.of(LAYER, 0L, (long) i));
    }
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", "contract");
    config.put("layers", layers);
    config.put("input_layers", inputs);
    config.put("output_layers", results);
    return new ModelDescription(
        "contract", "description", KerasVersion.NEWEST, "", object("Functional", "keras", config),
        new WeightSource.InOrder(weights.stream().map(Given::new).toList()), assets(), Optional.empty());
  }

  private Assets assets() {
    return path -> Optional.ofNullable(contract.assets().get(path.substring(path.lastIndexOf('/') + 1)));
  }

  private Map<String, @Nullable Object> inputLayer(int i, DType floating) {
    TensorSpec spec = contract.inputs().get(i);
    List<@Nullable Object> shape = new ArrayList<>();
    for (int dim : spec.shape().dims()) {
      shape.add(dim == Shape.UNKNOWN ? null : (Object) (long) dim);
    }
    DType dtype = spec.dtype() == DType.FLOAT32 ? floating : spec.dtype();
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", "input_" + i);
    config.put("batch_shape", shape);
    config.put("dtype", dtype.kerasName());
    Map<String, @Nullable Object> object = object("InputLayer", "keras.layers", config);
    object.put("name", "input_" + i);
    object.put("inbound_nodes", List.of());
    return object;
  }

  private Map<String, @Nullable Object> subject(DType floating, Map<String, ?> moreConfig) {
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", LAYER);
    contract.config().forEach((key, value) -> config.put(key, json(value)));
    config.putAll(moreConfig);
    if (!contract.isOperation()) {
      config.putIfAbsent("dtype", floating.kerasName());
    }
    String module = contract.isOperation() ? contract.module() : "keras.layers";
    Map<String, @Nullable Object> object = object(contract.className(), module, config);
    object.put("registered_name", contract.className());
    object.put("name", LAYER);
    Map<String, @Nullable Object> node = new LinkedHashMap<>();
    node.put("args", json(contract.positional()));
    node.put("kwargs", json(contract.keywords()));
    object.put("inbound_nodes", List.of(node));
    return object;
  }

  private static Map<String, @Nullable Object> object(
      String className, String module, Map<String, @Nullable Object> config) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("module", module);
    object.put("class_name", className);
    object.put("config", config);
    return object;
  }

  /** Values as a parser of JSON gives them, tensors as Keras writes them. */
  private @Nullable Object json(@Nullable Object value) {
    if (value instanceof LayerContract.InputRef ref) {
      return Map.of(
          "class_name", "__keras_tensor__",
          "config", Map.of("keras_history", List.of("input_" + ref.index(), 0L, 0L)));
    }
    if (value instanceof Integer number) {
      return number.longValue();
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      for (@Nullable Object element : list) {
        copy.add(json(element));
      }
      return copy;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, element) -> copy.put(String.valueOf(key), json(element)));
      return copy;
    }
    return value;
  }

  private record Given(ArrayTensor read) implements StoredArray {
    @Override
    public String name() {
      return "made up";
    }

    @Override
    public DType dtype() {
      return read.dtype();
    }

    @Override
    public Shape shape() {
      return read.shape();
    }
  }
}
