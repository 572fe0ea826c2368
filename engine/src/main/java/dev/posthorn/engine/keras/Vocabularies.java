package dev.posthorn.engine.keras;

import dev.posthorn.engine.keras.tensorflow.SavedObjects;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts the vocabularies that lookup layers learned by adapt() where those given to the constructor are: into the config. */
final class Vocabularies {
  private static final Set<String> LOOKUPS = Set.of("StringLookup", "IntegerLookup", "TextVectorization");
  private static final String VOCABULARY = "vocabulary";
  private static final String CONFIG = "config";

  private final SavedObjects objects;

  private Vocabularies(SavedObjects objects) {
    this.objects = objects;
  }

  /** Whether a layer anywhere in the model has no vocabulary in its config. */
  static boolean areMissing(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return lacks(map) || map.values().stream().anyMatch(Vocabularies::areMissing);
    }
    return value instanceof List<?> list && list.stream().anyMatch(Vocabularies::areMissing);
  }

  private static boolean lacks(Map<?, ?> layer) {
    return layer.get("class_name") instanceof String name
        && LOOKUPS.contains(name)
        && ObjectWeights.config(layer).get(VOCABULARY) == null
        && !ObjectWeights.config(layer).isEmpty();
  }

  /** The model with the vocabularies that its graph holds. */
  static Map<String, @Nullable Object> complete(Map<String, @Nullable Object> model, SavedObjects objects) {
    return new Vocabularies(objects).network(model, 0);
  }

  private Map<String, @Nullable Object> network(Map<?, ?> network, int node) {
    List<?> layers = ObjectWeights.layers(network);
    boolean inputsCount = !layers.isEmpty() && objects.child(node, ObjectWeights.layer(layers.size() - 1)).isPresent();
    List<@Nullable Object> completed = new ArrayList<>();
    int index = 0;
    for (Object each : layers) {
      boolean input = each instanceof Map<?, ?> layer && "InputLayer".equals(layer.get("class_name"));
      OptionalInt child = objects.child(node, ObjectWeights.layer(index));
      index += input && !inputsCount ? 0 : 1;
      completed.add(each instanceof Map<?, ?> layer && !input && child.isPresent() ? layer(layer, child.getAsInt()) : each);
    }
    if (network.get(CONFIG) instanceof List<?>) {
      return with(network, CONFIG, completed);
    }
    return with(network, CONFIG, with(ObjectWeights.config(network), "layers", completed));
  }

  private Map<String, @Nullable Object> layer(Map<?, ?> layer, int node) {
    if (!ObjectWeights.layers(layer).isEmpty()) {
      return network(layer, node);
    }
    if (!lacks(layer)) {
      return with(layer, "class_name", layer.get("class_name"));
    }
    Map<?, ?> config = ObjectWeights.config(layer);
    int table = objects.child(node, "_lookup_layer").orElse(node);
    return objects
        .tokens(table, Boolean.TRUE.equals(config.get("invert")))
        .map(tokens -> with(layer, CONFIG, with(config, VOCABULARY, tokens)))
        .orElseGet(() -> with(layer, "class_name", layer.get("class_name")));
  }

  private static Map<String, @Nullable Object> with(Map<?, ?> map, String key, @Nullable Object value) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((name, each) -> copy.put(String.valueOf(name), each));
    copy.put(key, value);
    return copy;
  }
}
