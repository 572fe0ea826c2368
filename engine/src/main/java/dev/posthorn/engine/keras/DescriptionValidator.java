package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks what every reader made, before anything is built from it: a tree of objects with class_name and config, networks
 * with named layers, within the budget. Does not recurse.
 */
final class DescriptionValidator {
  private static final String CLASS_NAME = "class_name";
  private static final String CONFIG = "config";
  private static final String LAYERS = "layers";
  private static final String NODES = "inbound_nodes";
  private static final Set<String> NETWORKS = Set.of("Sequential", "Functional");

  /** A value that is still to be looked at. */
  private record Place(String path, Object value) {}

  private final Budget budget;
  private final Deque<Place> open = new ArrayDeque<>();
  private long nodes;

  private DescriptionValidator(Budget budget) {
    this.budget = budget;
  }

  /**
   * Checks a description.
   *
   * @throws InferenceException INVALID_MODEL naming the place, UNSUPPORTED for what only Keras 2 writes, TOO_LARGE over
   *     the budget
   */
  static void check(ModelDescription model, Budget budget) {
    DescriptionValidator validator = new DescriptionValidator(budget);
    String place = "the architecture of " + model.name();
    validator.layer(model.root(), place);
    validator.open.push(new Place(place, model.root()));
    while (!validator.open.isEmpty()) {
      validator.visit(validator.open.pop());
    }
    if (model.weights() instanceof WeightSource.InOrder(var arrays)) {
      Budget.check("tensors", budget.tensors(), arrays.size(), "arrays of " + model.name());
    }
  }

  private void visit(Place place) {
    if (place.value() instanceof Map<?, ?> map) {
      map.forEach((key, value) -> push(place.path() + "." + key, value));
      if (map.get(CLASS_NAME) instanceof String name && NETWORKS.contains(name)) {
        network(name, map, place.path());
      }
    } else if (place.value() instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        push(place.path() + "[" + i + "]", list.get(i));
      }
    }
  }

  private void push(String path, @Nullable Object value) {
    if (value instanceof Map<?, ?> || value instanceof List<?>) {
      open.push(new Place(path, value));
    }
  }

  private void network(String className, Map<?, ?> network, String place) {
    Map<String, @Nullable Object> config = Json.object(network.get(CONFIG), place + "." + CONFIG);
    List<@Nullable Object> layers = Json.list(config.get(LAYERS), place + "." + CONFIG + "." + LAYERS);
    if (layers.isEmpty()) {
      throw invalid(place + ": the model has no layers");
    }
    boolean functional = className.equals("Functional");
    if (functional) {
      for (String ends : List.of("input_layers", "output_layers")) {
        if (config.get(ends) == null) {
          throw invalid(place + "." + CONFIG + ": " + ends + " is missing");
        }
      }
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < layers.size(); i++) {
      String at = place + "." + CONFIG + "." + LAYERS + "[" + i + "]";
      Map<String, @Nullable Object> layer = layer(layers.get(i), at);
      Object name = layer.get("name");
      if (name == null) {
        name = Json.object(layer.get(CONFIG), at).get("name");
      }
      if (!names.add(Json.string(name, at + ".name"))) {
        throw invalid(at + ": two layers are named '" + name + "'");
      }
      count(1);
      if (functional) {
        calls(layer, at + "." + NODES);
      }
    }
  }

  private void calls(Map<String, @Nullable Object> layer, String place) {
    List<@Nullable Object> calls = Json.list(layer.get(NODES), place);
    count(calls.size());
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i) instanceof List<?>) {
        throw new InferenceException(
            Reason.UNSUPPORTED,
            place + " is written as Keras 2 writes it, which is not read yet; if Keras 3 loads it, save it again there");
      }
      Map<String, @Nullable Object> call = Json.object(calls.get(i), place + "[" + i + "]");
      Json.list(call.get("args"), place + "[" + i + "].args");
    }
  }

  private static Map<String, @Nullable Object> layer(@Nullable Object value, String place) {
    Map<String, @Nullable Object> layer = Json.object(value, place);
    Json.string(layer.get(CLASS_NAME), place + "." + CLASS_NAME);
    Json.object(layer.get(CONFIG), place + "." + CONFIG);
    return layer;
  }

  private void count(int more) {
    nodes += more;
    Budget.check("nodes", budget.nodes(), nodes, "layers and calls of the model");
  }

  private static InferenceException invalid(String message) {
    return new InferenceException(Reason.INVALID_MODEL, message);
  }
}
