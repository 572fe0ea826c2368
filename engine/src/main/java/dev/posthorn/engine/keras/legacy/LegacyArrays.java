package dev.posthorn.engine.keras.legacy;

import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The weights of an HDF5 file of Keras 1 or 2 in the order and the layout of Keras 3. A nested model's arrays are told
 * apart by the names of its layers. Source: preprocess_weights_for_loading of Keras 2.2.
 */
final class LegacyArrays implements WeightSource.ByLayer {
  private final WeightSource.ByLayer file;
  private final Map<String, Map<?, ?>> layers;

  /**
   * Wraps the weights of a file.
   *
   * @param root the translated architecture
   */
  LegacyArrays(WeightSource.ByLayer file, Map<?, ?> root) {
    this.file = file;
    this.layers = layers(root);
  }

  private static Map<String, Map<?, ?>> layers(Map<?, ?> network) {
    Map<String, Map<?, ?>> layers = new HashMap<>();
    if (Networks.config(network).get("layers") instanceof List<?> list) {
      for (Object element : list) {
        if (element instanceof Map<?, ?> layer) {
          Object name = layer.get("name") == null ? Networks.config(layer).get("name") : layer.get("name");
          layers.put(String.valueOf(name), layer);
        }
      }
    }
    return layers;
  }

  @Override
  public Optional<List<StoredArray>> find(String layer) {
    return file.find(layer).map(arrays -> converted(layers.get(layer), arrays));
  }

  @Override
  public List<StoredArray> ofModel() {
    return file.ofModel();
  }

  @Override
  public Optional<String> backend() {
    return file.backend();
  }

  private List<StoredArray> converted(@org.jspecify.annotations.Nullable Map<?, ?> layer, List<StoredArray> arrays) {
    if (layer == null || arrays.isEmpty()) {
      return arrays;
    }
    Map<?, ?> config = Networks.config(layer);
    String className = String.valueOf(layer.get("class_name"));
    if (config.get("layers") instanceof List<?>) {
      return ofNetwork(layers(layer), arrays);
    }
    if (className.equals("TimeDistributed") && config.get("layer") instanceof Map<?, ?> inner) {
      return converted(inner, arrays);
    }
    if (className.equals("Bidirectional") && config.get("layer") instanceof Map<?, ?> inner && arrays.size() % 2 == 0) {
      int half = arrays.size() / 2;
      List<StoredArray> both = new ArrayList<>(converted(inner, arrays.subList(0, half)));
      both.addAll(converted(inner, arrays.subList(half, arrays.size())));
      return both;
    }
    return LayerArrays.converted(className, config, file.backend().orElse(""), arrays);
  }

  /** Each run of arrays of one layer is converted by itself. */
  private List<StoredArray> ofNetwork(Map<String, Map<?, ?>> inner, List<StoredArray> arrays) {
    List<StoredArray> result = new ArrayList<>();
    int from = 0;
    while (from < arrays.size()) {
      String owner = owner(arrays.get(from), inner);
      int to = from + 1;
      while (to < arrays.size() && owner(arrays.get(to), inner).equals(owner)) {
        to++;
      }
      result.addAll(converted(inner.get(owner), arrays.subList(from, to)));
      from = to;
    }
    return result;
  }

  /** The layer whose name is a part of the array's path, or with an underscore begins its last part; else empty. */
  private static String owner(StoredArray array, Map<String, Map<?, ?>> layers) {
    String[] parts = array.name().split("/", -1);
    for (int i = parts.length - 1; i >= 0; i--) {
      if (layers.containsKey(parts[i])) {
        return parts[i];
      }
    }
    String last = parts[parts.length - 1];
    String longest = "";
    for (String name : layers.keySet()) {
      if (last.startsWith(name + "_") && name.length() > longest.length()) {
        longest = name;
      }
    }
    return longest;
  }
}
