package dev.posthorn.engine.keras;

import dev.posthorn.engine.Assets;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.Names;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a {@link SpelledModel} into the description that Keras would have saved: a Sequential model where every layer
 * follows the one before, else a Functional one.
 */
final class SpelledModels {
  private static final String DEFAULT_CLASS = "Dense";
  private static final String DEFAULT_INPUT = "input_layer";

  /** Called with their inputs one by one; other layers of several inputs take a list. */
  private static final Set<String> POSITIONAL = Set.of("MultiHeadAttention", "GroupQueryAttention");

  /** A layer whose name and config are complete. */
  private record Named(String name, String className, Map<String, @Nullable Object> config, SpelledLayer spelled) {}

  /** An input that is complete. */
  private record Input(String name, DType dtype, Shape shape) {}

  private final SpelledModel model;
  private final Budget budget;
  private final List<Named> layers = new ArrayList<>();
  private final List<Input> inputs = new ArrayList<>();

  private SpelledModels(SpelledModel model, Budget budget) {
    this.model = model;
    this.budget = budget;
  }

  /**
   * The description of a model sent as data.
   *
   * @throws InferenceException INVALID_MODEL naming the layer
   */
  static ModelDescription describe(SpelledModel model, ReadOptions options) {
    boolean whole = !model.kerasConfigJson().isBlank();
    if (whole == !model.layers().isEmpty()) {
      throw new InferenceException(
          Reason.INVALID_MODEL, "a model description needs either keras_config_json with weights, or layers");
    }
    if (!whole && !model.weights().isEmpty()) {
      throw new InferenceException(
          Reason.INVALID_MODEL, "a model description with layers has its weights in the layers, not beside them");
    }
    Optional<KerasVersion> given =
        model.kerasVersion().isBlank() ? options.kerasVersion() : Optional.of(KerasVersion.of(model.kerasVersion()));
    Optional<KerasVersion> version = given;
    Map<String, @Nullable Object> root;
    List<StoredArray> weights;
    if (whole) {
      Architecture architecture =
          Architecture.parse(
              model.kerasConfigJson().getBytes(StandardCharsets.UTF_8), "keras_config_json", options.budget());
      root = architecture.root();
      version = architecture.kerasVersion().or(() -> given);
      weights = List.copyOf(model.weights());
    } else {
      root = new SpelledModels(model, options.budget()).root();
      weights = new ArrayList<>();
      model.layers().forEach(layer -> weights.addAll(layer.weights()));
    }
    return new ModelDescription(
        options.name(),
        "description",
        version.orElse(KerasVersion.NEWEST),
        "",
        root,
        new WeightSource.InOrder(weights),
        Assets.NONE,
        model.example());
  }

  private Map<String, @Nullable Object> root() {
    Budget.check("nodes", budget.nodes(), model.layers().size(), "layers of the description");
    name();
    completeInputs();
    return isChain() ? sequential() : functional();
  }

  private void name() {
    Set<String> taken = new HashSet<>();
    for (SpelledInput input : model.inputs()) {
      if (!input.name().isEmpty() && !taken.add(input.name())) {
        throw new InferenceException(Reason.INVALID_MODEL, "two inputs are named '" + input.name() + "'");
      }
    }
    List<Map<String, @Nullable Object>> configs = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < model.layers().size(); i++) {
      SpelledLayer layer = model.layers().get(i);
      Map<String, @Nullable Object> config = config(layer, "layers[" + i + "]");
      String own = config.get("name") instanceof String text ? text : "";
      String name = layer.name().isEmpty() ? own : layer.name();
      if (!name.isEmpty() && !taken.add(name)) {
        throw new InferenceException(Reason.INVALID_MODEL, "layers[" + i + "]: the name '" + name + "' is taken");
      }
      configs.add(config);
      names.add(name);
    }
    for (int i = 0; i < names.size(); i++) {
      SpelledLayer layer = model.layers().get(i);
      String className = layer.className().isEmpty() ? DEFAULT_CLASS : layer.className();
      String name = names.get(i).isEmpty() ? free(Names.snake(className.substring(className.indexOf('>') + 1)), taken) : names.get(i);
      Map<String, @Nullable Object> config = configs.get(i);
      config.put("name", name);
      activate(layer, name, config);
      config.putIfAbsent("dtype", "float32");
      WeightsTell.complete(
          className, config, layer.weights().stream().map(StoredArray::shape).toList(), className + " '" + name + "'");
      layers.add(new Named(name, className, config, layer));
    }
  }

  private Map<String, @Nullable Object> config(SpelledLayer layer, String place) {
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", null);
    if (!layer.configJson().isBlank()) {
      String what = place + ".config_json";
      config.putAll(Json.object(Json.parse(layer.configJson(), what, budget), what));
    }
    return config;
  }

  private static void activate(SpelledLayer layer, String name, Map<String, @Nullable Object> config) {
    if (layer.activation().isEmpty()) {
      return;
    }
    Object other = config.put("activation", layer.activation());
    if (other != null && !other.equals(layer.activation())) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          "layer '" + name + "' names two activations: '" + layer.activation() + "', and " + Json.kind(other)
              + " in config_json");
    }
  }

  private static String free(String base, Set<String> taken) {
    String name = base;
    for (int i = 1; !taken.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  private void completeInputs() {
    List<SpelledInput> given =
        model.inputs().isEmpty()
            ? List.of(new SpelledInput("", Optional.empty(), Optional.empty()))
            : model.inputs();
    Set<String> taken = new HashSet<>();
    layers.forEach(layer -> taken.add(layer.name()));
    given.forEach(input -> taken.add(input.name()));
    for (SpelledInput input : given) {
      String name = input.name().isEmpty() ? free(DEFAULT_INPUT, taken) : input.name();
      Optional<WeightsTell.Taken> told = told(name, given.size() == 1);
      Shape shape =
          input
              .shape()
              .filter(declared -> declared.rank() > 0)
              .or(() -> told.map(WeightsTell.Taken::shape))
              .orElseThrow(
                  () ->
                      new InferenceException(
                          Reason.INVALID_MODEL,
                          "input '" + name + "': its shape must be given, no weights of the layers that take it tell"));
      DType dtype = input.dtype().or(() -> told.map(WeightsTell.Taken::dtype)).orElse(DType.FLOAT32);
      inputs.add(new Input(name, dtype, shape));
    }
  }

  /** What the weights tell of an input: those of the first layer that takes it and has any. */
  private Optional<WeightsTell.Taken> told(String input, boolean only) {
    for (int i = 0; i < layers.size(); i++) {
      Named layer = layers.get(i);
      boolean takes = layer.spelled().inputs().contains(input) || (i == 0 && only && layer.spelled().inputs().isEmpty());
      if (takes) {
        Optional<WeightsTell.Taken> told =
            WeightsTell.input(layer.className(), layer.spelled().weights().stream().map(StoredArray::shape).toList());
        if (told.isPresent()) {
          return told;
        }
      }
    }
    return Optional.empty();
  }

  private boolean isChain() {
    if (inputs.size() != 1) {
      return false;
    }
    String before = inputs.getFirst().name();
    for (Named layer : layers) {
      if (!layer.spelled().inputs().isEmpty() && !layer.spelled().inputs().equals(List.of(before))) {
        return false;
      }
      before = layer.name();
    }
    return model.outputs().isEmpty() || model.outputs().equals(List.of(before));
  }

  private Map<String, @Nullable Object> sequential() {
    List<@Nullable Object> entries = new ArrayList<>();
    entries.add(KerasObjects.inputLayer(inputs.getFirst().name(), inputs.getFirst().dtype(), inputs.getFirst().shape()));
    layers.forEach(layer -> entries.add(KerasObjects.layer(layer.className(), layer.config())));
    return KerasObjects.sequential(entries);
  }

  private Map<String, @Nullable Object> functional() {
    Set<String> known = new HashSet<>();
    List<@Nullable Object> entries = new ArrayList<>();
    for (Input input : inputs) {
      known.add(input.name());
      Map<String, @Nullable Object> entry =
          new LinkedHashMap<>(KerasObjects.inputLayer(input.name(), input.dtype(), input.shape()));
      entry.put("name", input.name());
      entry.put("inbound_nodes", List.of());
      entries.add(entry);
    }
    layers.forEach(layer -> known.add(layer.name()));
    for (int i = 0; i < layers.size(); i++) {
      Named layer = layers.get(i);
      List<@Nullable Object> tensors = new ArrayList<>();
      for (String source : sources(i)) {
        tensors.add(KerasObjects.tensor(checked(source, known, "layer '" + layer.name() + "'")));
      }
      Map<String, @Nullable Object> entry = new LinkedHashMap<>(KerasObjects.layer(layer.className(), layer.config()));
      entry.put("name", layer.name());
      boolean one = tensors.size() == 1 || POSITIONAL.contains(layer.className());
      Map<String, @Nullable Object> node = new LinkedHashMap<>();
      node.put("args", one ? tensors : List.of(tensors));
      node.put("kwargs", Map.of());
      entry.put("inbound_nodes", List.of(node));
      entries.add(entry);
    }
    List<String> outputs = model.outputs().isEmpty() ? List.of(layers.getLast().name()) : model.outputs();
    outputs.forEach(output -> checked(output, known, "outputs"));
    return KerasObjects.functional(entries, inputs.stream().map(Input::name).toList(), outputs);
  }

  private List<String> sources(int index) {
    List<String> given = layers.get(index).spelled().inputs();
    if (!given.isEmpty()) {
      return given;
    }
    if (index > 0) {
      return List.of(layers.get(index - 1).name());
    }
    if (inputs.size() != 1) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          "layer '" + layers.getFirst().name() + "': which of the " + inputs.size() + " inputs does it take?");
    }
    return List.of(inputs.getFirst().name());
  }

  private static String checked(String name, Set<String> known, String place) {
    if (!known.contains(name)) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          place + ": there is no layer or input '" + name + "'" + Nearest.hint(name, known));
    }
    return name;
  }
}
