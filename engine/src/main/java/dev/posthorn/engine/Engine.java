package dev.posthorn.engine;

import dev.posthorn.engine.kernels.EngineKernels;
import dev.posthorn.engine.kernels.KernelSelection;
import dev.posthorn.engine.plugins.LoadedPlugin;
import dev.posthorn.engine.plugins.PluginFolder;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Turns model descriptions into models: the registry of layers, the kernels, and the threads that lend a hand with large
 * batches. One for a process. Thread-safe.
 */
public final class Engine implements AutoCloseable {
  private static final double WARM_UP_SECONDS = 2;

  private final Registry registry;
  private final KernelSelection kernels;
  private final Helpers helpers;
  private final Budget budget;
  private final int layouts;

  private Engine(Builder builder) {
    this.kernels = KernelSelection.select(builder.kernels);
    this.registry = new Registry();
    for (LayerPlugin plugin : ServiceLoader.load(LayerPlugin.class, Engine.class.getClassLoader())) {
      registry.add(plugin, plugin.getClass().getName().startsWith("dev.posthorn.engine.") ? "" : plugin.name());
    }
    if (builder.folder != null) {
      for (LoadedPlugin plugin : PluginFolder.load(builder.folder)) {
        registry.add(plugin.plugin(), plugin.origin());
      }
    }
    builder.plugins.forEach(plugin -> registry.add(plugin, plugin.name()));
    this.helpers = new Helpers(builder.threads - 1);
    this.budget = builder.budget;
    this.layouts = builder.layouts;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The name of the kernels that were chosen. */
  public String kernels() {
    return kernels.kernels().name();
  }

  /** Why not better ones, in one line that names the flag; empty if there are none. */
  public Optional<String> kernelsNote() {
    return kernels.note();
  }

  /** Runs the kernels until they are compiled, for about half a second: once a process, before the first answer. */
  public void warmUpKernels() {
    kernels.kernels().warmUp(WARM_UP_SECONDS);
  }

  /** As {@link #load(ModelDescription, Map)}, without names of classes. */
  public Model load(ModelDescription description) {
    return load(description, Map.of());
  }

  /**
   * Resolves, binds, optimises, plans and proves a model.
   *
   * @param classes names of the classes along an output's last axis, by the output's name or alias
   * @throws InferenceException INVALID_MODEL, UNKNOWN_LAYER, MISSING_WEIGHTS, UNSUPPORTED, TOO_LARGE, PLUGIN_FAILED,
   *     INVALID_ARGUMENT (an unknown output in {@code classes})
   */
  public Model load(ModelDescription description, Map<String, List<String>> classes) {
    try {
      EngineKernels chosen = kernels.kernels();
      GraphBuilder.Built built = new GraphBuilder(registry, description, chosen, budget).build();
      Signature signature = labelled(built.signature(), classes);
      long bytes = Binder.bind(built.root(), description.weights(), chosen);
      Model model = new Model(description, built, signature, chosen, helpers, layouts, bytes);
      description.example().ifPresent(example -> model.proven(Prover.prove(model, example)));
      return model;
    } catch (InferenceException e) {
      throw e.with("model", description.name());
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          Map.of("model", description.name()),
          "model '" + description.name() + "' cannot be planned: " + e.getMessage(),
          e);
    } catch (StackOverflowError e) {
      throw new InferenceException(
          Reason.INVALID_MODEL, Map.of("model", description.name()), "the model is nested too deeply", e);
    }
  }

  private static Signature labelled(Signature signature, Map<String, List<String>> classes) {
    List<Port> outputs = new ArrayList<>(signature.outputs());
    classes.forEach((name, labels) -> {
      int index = signature.outputIndex(name);
      int columns = outputs.get(index).spec().shape().last();
      if (columns >= 0 && columns != labels.size()) {
        throw new InferenceException(
            Reason.INVALID_ARGUMENT,
            Map.of("output", name, "expected", Integer.toString(columns), "actual", Integer.toString(labels.size())),
            "classes of output '" + name + "': expected " + columns + " names, got " + labels.size());
      }
      outputs.set(index, outputs.get(index).withLabels(labels));
    });
    return new Signature(signature.inputs(), outputs);
  }

  /** Everything that keeps a model from being served, as far as it shows at once; empty if it can be served. */
  public List<Problem> problems(ModelDescription description) {
    List<Problem> unknown = new GraphBuilder(registry, description, kernels.kernels(), budget).unknownLayers();
    if (!unknown.isEmpty()) {
      return unknown;
    }
    try {
      load(description).close();
      return List.of();
    } catch (InferenceException e) {
      return List.of(new Problem(
          e.metadata().getOrDefault("layer", ""),
          e.metadata().getOrDefault("class_name", ""),
          e.reason(),
          String.valueOf(e.getMessage())));
    }
  }

  @Override
  public void close() {
    helpers.close();
  }

  /** Settings of an engine. */
  public static final class Builder {
    private static final int LAYOUTS = 16;

    private String kernels = "auto";
    private @Nullable Path folder;
    private final List<LayerPlugin> plugins = new ArrayList<>();
    private int threads = Runtime.getRuntime().availableProcessors();
    private int layouts = LAYOUTS;
    private Budget budget = Budget.DEFAULT;

    private Builder() {}

    /** auto, vector512, vector256, vector128 or ejml. */
    public Builder kernels(String name) {
      kernels = name;
      return this;
    }

    /** The plug-in folder. */
    public Builder plugins(Path pluginFolder) {
      folder = pluginFolder;
      return this;
    }

    /** A plug-in that is already at hand. */
    public Builder plugin(LayerPlugin plugin) {
      plugins.add(plugin);
      return this;
    }

    /** How many threads one large batch may use, the caller's included. */
    public Builder threads(int count) {
      threads = Math.max(1, count);
      return this;
    }

    /** For how many sets of lengths a session keeps buffers. */
    public Builder layouts(int count) {
      layouts = Math.max(1, count);
      return this;
    }

    public Builder budget(Budget limits) {
      budget = limits;
      return this;
    }

    /**
     * Loads the plug-ins and chooses the kernels.
     *
     * @throws InferenceException INVALID_ARGUMENT if a name is registered twice, a plug-in is broken, or the kernels
     *     asked for cannot run here
     */
    public Engine build() {
      return new Engine(this);
    }
  }
}
