package dev.posthorn.engine.keras;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The objects of a config.json as Keras 3 writes them. */
final class KerasObjects {
  private static final Map<String, String> MODEL_MODULES =
      Map.of("Sequential", "keras", "Functional", "keras.src.models.functional");

  private KerasObjects() {}

  /** A layer; {@code MyPackage>GatedUnit} is a registered one. */
  static Map<String, @Nullable Object> layer(String className, Map<String, @Nullable Object> config) {
    boolean registered = className.indexOf('>') >= 0;
    return object(
        registered ? null : MODEL_MODULES.getOrDefault(className, "keras.layers"),
        className.substring(className.indexOf('>') + 1),
        config,
        registered ? className : null);
  }

  static Map<String, @Nullable Object> inputLayer(String name, DType dtype, Shape shape) {
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("batch_shape", dims(shape));
    config.put("dtype", dtype.kerasName());
    config.put("sparse", false);
    config.put("ragged", false);
    config.put("name", name);
    return object("keras.layers", "InputLayer", config, null);
  }

  static Map<String, @Nullable Object> sequential(List<@Nullable Object> layers) {
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", "sequential");
    config.put("trainable", true);
    config.put("dtype", "float32");
    config.put("layers", layers);
    return object("keras", "Sequential", config, null);
  }

  static Map<String, @Nullable Object> functional(
      List<@Nullable Object> layers, List<String> inputs, List<String> outputs) {
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", "functional");
    config.put("trainable", true);
    config.put("layers", layers);
    config.put("input_layers", inputs.stream().map(KerasObjects::history).toList());
    config.put("output_layers", outputs.stream().map(KerasObjects::history).toList());
    return object("keras.src.models.functional", "Functional", config, "Functional");
  }

  /** The first output of a layer's first call, as an argument. */
  static Map<String, @Nullable Object> tensor(String layer) {
    Map<String, @Nullable Object> tensor = new LinkedHashMap<>();
    tensor.put("class_name", "__keras_tensor__");
    tensor.put("config", Map.of("keras_history", history(layer)));
    return tensor;
  }

  private static List<Object> history(String layer) {
    return List.of(layer, 0L, 0L);
  }

  private static List<@Nullable Object> dims(Shape shape) {
    List<@Nullable Object> dims = new ArrayList<>();
    for (int dim : shape.dims()) {
      dims.add(dim == Shape.UNKNOWN ? null : (Object) (long) dim);
    }
    return dims;
  }

  private static Map<String, @Nullable Object> object(
      @Nullable String module,
      String className,
      Map<String, @Nullable Object> config,
      @Nullable String registeredName) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("module", module);
    object.put("class_name", className);
    object.put("config", config);
    object.put("registered_name", registeredName);
    return object;
  }
}
