package dev.posthorn.engine.keras;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.keras.hdf5.Hdf5Builder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small model files of any Keras and runs them. JSON is written with ' for ". */
final class LegacyFile {
  private static final String MODEL_WEIGHTS = "model_weights";

  private final Hdf5Builder file = new Hdf5Builder();
  private final Map<String, List<String>> layers = new LinkedHashMap<>();

  private LegacyFile() {}

  /** A whole model. */
  static LegacyFile h5(String kerasVersion, String config) {
    LegacyFile whole = new LegacyFile();
    whole.file.text("", "model_config", json(config)).text("", "keras_version", kerasVersion);
    return whole;
  }

  /** A Sequential model of these layers, each {@code Class{...config...}}. */
  static LegacyFile sequential(String kerasVersion, String... layers) {
    return h5(kerasVersion, "{'class_name':'Sequential','config':[" + String.join(",", layers) + "]}");
  }

  static String layer(String className, String config) {
    return "{'class_name':'" + className + "','config':{" + config + "}}";
  }

  static String json(String text) {
    return text.replace('\'', '"');
  }

  LegacyFile backend(String backend) {
    file.text(MODEL_WEIGHTS, "backend", backend);
    return this;
  }

  /** A layer's group with its arrays: name, array, name, array... */
  LegacyFile weights(String layer, Object... namesAndArrays) {
    List<String> names = layers.computeIfAbsent(layer, each -> new ArrayList<>());
    file.group(MODEL_WEIGHTS + "/" + layer);
    for (int i = 0; i < namesAndArrays.length; i += 2) {
      String name = (String) namesAndArrays[i];
      ArrayTensor array = (ArrayTensor) namesAndArrays[i + 1];
      file.floats(MODEL_WEIGHTS + "/" + layer + "/" + name, array.floats(), array.shape().dims());
      names.add(name);
    }
    return this;
  }

  /** The file; the names of layers and weights in one attribute each, or one for every name. */
  byte[] build(boolean split) {
    names(MODEL_WEIGHTS, "layer_names", List.copyOf(layers.keySet()), split);
    layers.forEach((layer, names) -> names(MODEL_WEIGHTS + "/" + layer, "weight_names", names, split));
    return file.build();
  }

  byte[] build() {
    return build(false);
  }

  Hdf5Builder file() {
    return file;
  }

  private void names(String path, String attribute, List<String> names, boolean split) {
    if (names.isEmpty()) {
      file.emptyNames(path, attribute);
    } else if (split) {
      for (int i = 0; i < names.size(); i++) {
        file.texts(path, attribute + i, names.subList(i, i + 1));
      }
    } else {
      file.texts(path, attribute, names);
    }
  }

  float[] predict(ArrayTensor... inputs) {
    return predict(build(), inputs);
  }

  /** The first output's numbers. */
  static float[] predict(byte[] file, ArrayTensor... inputs) {
    try (Engine engine = Engine.builder().threads(1).kernels("ejml").build();
        Model model = engine.load(ModelFiles.open(file, ReadOptions.defaults().withName("m")))) {
      return model.predict(List.of(inputs)).get(0).floats();
    }
  }

  /** An array whose elements are all different and about as large as weights are. */
  static ArrayTensor array(int seed, int... dims) {
    ArrayTensor array = ArrayTensor.allocate(dev.posthorn.spi.DType.FLOAT32, dims);
    for (int i = 0; i < array.size(); i++) {
      array.floats()[i] = (float) Math.sin(1.7 * i + seed);
    }
    return array;
  }
}
