package dev.posthorn.engine;

import dev.posthorn.engine.keras.Json;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Small models that tests write down themselves. */
final class TestModels {
  private TestModels() {}

  private record InMemory(String name, ArrayTensor tensor) implements StoredArray {
    @Override
    public DType dtype() {
      return tensor.dtype();
    }

    @Override
    public Shape shape() {
      return tensor.shape();
    }

    @Override
    public ArrayTensor read() {
      return tensor;
    }
  }

  /** {@code {"class_name": C, "config": {...}}} for a layer of Keras. */
  static String layer(String className, String name, String rest) {
    return """
        {"module": "keras.layers", "class_name": "%s", "registered_name": null,
         "config": {"name": "%s", "trainable": true, "dtype": "float32"%s}}"""
        .formatted(className, name, rest.isEmpty() ? "" : ", " + rest);
  }

  static String dense(String name, int units, String activation) {
    return layer("Dense", name, "\"units\": %d, \"activation\": \"%s\", \"use_bias\": true".formatted(units, activation));
  }

  /** A Sequential of these layers with weights in the order of get_weights(). */
  static ModelDescription sequential(int features, List<String> layers, ArrayTensor... weights) {
    List<String> all = new ArrayList<>();
    all.add("""
        {"module": "keras.layers", "class_name": "InputLayer", "registered_name": null,
         "config": {"batch_shape": [null, %d], "dtype": "float32", "name": "x"}}""".formatted(features));
    all.addAll(layers);
    return description("""
        {"module": "keras", "class_name": "Sequential", "registered_name": null,
         "config": {"name": "model", "layers": [%s]}}""".formatted(String.join(",", all)), weights);
  }

  static ModelDescription description(String json, ArrayTensor... weights) {
    List<InMemory> arrays = new ArrayList<>();
    for (ArrayTensor weight : weights) {
      arrays.add(new InMemory("arr_" + arrays.size(), weight));
    }
    return new ModelDescription(
        "model", "json", KerasVersion.NEWEST, "", object(json), new WeightSource.InOrder(arrays), Assets.NONE,
        Optional.empty());
  }

  private static Map<String, @Nullable Object> object(String json) {
    return Json.object(Json.parse(json, "test model", Budget.DEFAULT), "test model");
  }
}
