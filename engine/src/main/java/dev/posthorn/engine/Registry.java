package dev.posthorn.engine;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.CompositeFactory;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.LayerFactory;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;
import dev.posthorn.spi.Reason;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** Everything that models may be made of, by name: the built-in layers and those of plug-ins, without difference. */
final class Registry {
  /** What a name stands for, and who brought it; an empty plug-in is the engine itself. */
  sealed interface Entry {
    String plugin();
  }

  record LayerEntry(String plugin, LayerFactory factory, boolean operation) implements Entry {}

  record CompositeEntry(String plugin, CompositeFactory factory) implements Entry {}

  record ActivationEntry(String plugin, Activation activation) implements Entry {}

  record TextEntry(String plugin, UnaryOperator<String> function) implements Entry {}

  private static final int NEAR = 3;

  private final Map<String, Entry> layers = new HashMap<>();
  private final Map<String, Entry> operations = new HashMap<>();
  private final Map<String, ActivationEntry> activations = new HashMap<>();
  private final Map<String, TextEntry> texts = new HashMap<>();

  /**
   * Takes in all that a plug-in brings.
   *
   * @param origin the jar or folder, for messages; empty for the engine's own
   * @throws InferenceException INVALID_ARGUMENT if a name is taken or the plug-in was built for another SPI
   */
  void add(LayerPlugin plugin, String origin) {
    if (plugin.spiVersion() != LayerPlugin.SPI_VERSION) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          "plug-in " + plugin.name() + " was built for version " + plugin.spiVersion()
              + " of the SPI; this is version " + LayerPlugin.SPI_VERSION + ": build it anew");
    }
    plugin.register(new Registrar(origin));
  }

  /** A layer or composite: by registered name, then class name; failing that, an activation of that name. */
  Optional<Entry> layer(String registeredName, String className) {
    for (String name : List.of(registeredName, className)) {
      if (!name.isEmpty() && layers.containsKey(name)) {
        return Optional.ofNullable(layers.get(name));
      }
    }
    return Optional.ofNullable(activations.get(registeredName));
  }

  Optional<Entry> operation(String module, String name) {
    return Optional.ofNullable(operations.get(module + "." + name));
  }

  Optional<Activation> activation(String name) {
    return Optional.ofNullable(activations.get(name)).map(ActivationEntry::activation);
  }

  Optional<UnaryOperator<String>> text(String name) {
    return Optional.ofNullable(texts.get(name)).map(TextEntry::function);
  }

  List<String> layersNear(String name) {
    return near(name, layers.keySet());
  }

  List<String> operationsNear(String module, String name) {
    return near(module + "." + name, operations.keySet());
  }

  List<String> activationsNear(String name) {
    return near(name, activations.keySet());
  }

  private static List<String> near(String name, Collection<String> known) {
    return known.stream()
        .filter(k -> Names.distance(name, k) <= Math.max(1, Math.min(NEAR, name.length() / 3)))
        .sorted(Comparator.comparingInt((String k) -> Names.distance(name, k)).thenComparing(k -> k))
        .limit(NEAR)
        .toList();
  }

  private final class Registrar implements LayerRegistry {
    private final String origin;

    Registrar(String origin) {
      this.origin = origin;
    }

    @Override
    public void layer(String registeredName, LayerFactory factory) {
      put(layers, "layer", registeredName, new LayerEntry(origin, factory, false));
    }

    @Override
    public void composite(String registeredName, CompositeFactory factory) {
      put(layers, "layer", registeredName, new CompositeEntry(origin, factory));
    }

    @Override
    public void operation(String module, String name, LayerFactory factory) {
      put(operations, "operation", module + "." + name, new LayerEntry(origin, factory, true));
    }

    @Override
    public void activation(String name, DoubleUnaryOperator function) {
      activation(name, new FunctionActivation(function));
    }

    @Override
    public void activation(String name, Activation activation) {
      put(activations, "activation", name, new ActivationEntry(origin, activation));
    }

    @Override
    public void text(String name, UnaryOperator<String> function) {
      put(texts, "text function", name, new TextEntry(origin, function));
    }

    private <E extends Entry> void put(Map<String, E> table, String kind, String name, E entry) {
      E taken = table.putIfAbsent(name, entry);
      if (taken != null) {
        throw new InferenceException(
            Reason.INVALID_ARGUMENT,
            kind + " '" + name + "' is registered twice: by " + owner(taken.plugin()) + " and by " + owner(origin));
      }
    }

    private static String owner(String origin) {
      return origin.isEmpty() ? "Posthorn itself" : origin;
    }
  }
}
