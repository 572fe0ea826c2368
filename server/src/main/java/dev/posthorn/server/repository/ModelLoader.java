package dev.posthorn.server.repository;

import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.engine.keras.Settings;
import dev.posthorn.engine.keras.SpelledModel;
import dev.posthorn.server.batching.BatchPolicy;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;

/** Brings models into the registry: from files when the server starts, and from descriptions that clients send. */
public final class ModelLoader {
  private static final System.Logger LOGGER = System.getLogger(ModelLoader.class.getName());
  private static final int[] WARM_UP_ROWS = {1, 32};

  private final Engine engine;
  private final ModelRepository repository;
  private final BatchPolicy batching;
  private final ReadOptions options;
  private final boolean warmFirst;
  private final Map<String, FileModel> startList = new ConcurrentHashMap<>();

  /**
   * A loader.
   *
   * @param batching for models whose settings say nothing else
   * @param options for reading every model
   * @param warmFirst whether a version is READY only once it is warm
   */
  public ModelLoader(
      Engine engine, ModelRepository repository, BatchPolicy batching, ReadOptions options, boolean warmFirst) {
    this.engine = engine;
    this.repository = repository;
    this.batching = batching;
    this.options = options;
    this.warmFirst = warmFirst;
  }

  /**
   * Loads a model file that was named when the server was started.
   *
   * @throws InferenceException if it cannot be served
   */
  public ModelVersion loadNamed(String name, Path path) {
    FileModel file = new FileModel(ModelNames.check(name), path, options);
    try {
      Settings settings = file.settings();
      repository.register(name, policy(settings), settings.labels());
      startList.put(name, file);
      return load(file, 1, Origin.START_LIST);
    } catch (InferenceException e) {
      throw e.with("model", name);
    }
  }

  /** Loads what a repository folder holds; what cannot be loaded is UNAVAILABLE and says why. */
  public void loadFolder(Path folder) {
    Set<String> registered = new HashSet<>();
    List<FolderScan.Found> found = FolderScan.of(folder);
    for (FolderScan.Found version : found) {
      if (!ModelNames.isValid(version.name())) {
        LOGGER.log(System.Logger.Level.WARNING, "passed over {0}: no name for a model", version.path());
        continue;
      }
      FileModel file = new FileModel(version.name(), version.path(), options);
      if (registered.add(version.name())) {
        register(file);
      }
      if (serves(version, found)) {
        loadFound(file, version);
      }
    }
  }

  private void register(FileModel file) {
    Settings settings = Settings.NONE;
    try {
      settings = file.settings();
    } catch (InferenceException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "settings of {0} are reported with the model", file.name());
    }
    repository.register(file.name(), policy(settings), settings.labels());
  }

  private boolean serves(FolderScan.Found version, List<FolderScan.Found> found) {
    List<Long> numbers = new ArrayList<>();
    found.stream().filter(other -> other.name().equals(version.name())).forEach(v -> numbers.add(v.number()));
    SortedSet<Long> served = repository.entry(version.name()).policy().serve(numbers);
    return served.contains(version.number());
  }

  private void loadFound(FileModel file, FolderScan.Found version) {
    try {
      load(file, version.number(), Origin.FOLDER);
    } catch (InferenceException e) {
      LOGGER.log(
          System.Logger.Level.WARNING, "model {0} version {1}: {2}", file.name(), version.number(), e.getMessage());
    }
  }

  private ModelVersion load(FileModel file, long number, Origin origin) {
    return finish(
        new VersionRequest(
            file.name(),
            number,
            origin,
            List.of(),
            batchingOf(file),
            () -> warm(file.load(engine), file.settings().warmUp())));
  }

  private BatchPolicy batchingOf(FileModel file) {
    try {
      return batching(file.settings());
    } catch (InferenceException e) {
      return batching;
    }
  }

  /**
   * Loads a model that a client described.
   *
   * @param number 0: the next one
   * @throws InferenceException VERSION_EXISTS, or what is wrong with the description
   */
  public ModelVersion loadSent(String name, long number, SpelledModel model, List<String> labels) {
    ModelNames.check(name);
    return finish(
        new VersionRequest(
            name,
            number,
            Origin.SENT,
            labels,
            batching,
            () -> warm(engine.load(ModelFiles.describe(model, options.withName(name))), List.of())));
  }

  /**
   * Loads a model of the start list again.
   *
   * @param number 0 or 1
   * @throws InferenceException NOT_SUPPORTED_HERE for models that were not named at the start, VERSION_NOT_FOUND,
   *     VERSION_EXISTS, or what is wrong with the file
   */
  public ModelVersion reload(String name, long number) {
    FileModel file = startList.get(name);
    if (file == null) {
      throw new InferenceException(
          Reason.NOT_SUPPORTED_HERE,
          Map.of("model", name),
          "loading '" + name + "' from the repository is not supported; only models named when the server was started,"
              + " and models sent as a description, can be loaded");
    }
    if (number > 1) {
      throw new InferenceException(
          Reason.VERSION_NOT_FOUND,
          Map.of("model", name, "version", Long.toString(number)),
          "the file of model '" + name + "' is version 1, not " + number);
    }
    return load(file, 1, Origin.START_LIST);
  }

  private ModelVersion finish(VersionRequest request) {
    ModelVersion version = repository.load(request);
    if (!warmFirst && version.acquire()) {
      Thread.ofVirtual()
          .name("posthorn-warm-up")
          .start(
              () -> {
                try {
                  version.model().warmUp(WARM_UP_ROWS);
                } finally {
                  version.release();
                }
              });
    }
    return version;
  }

  private Model warm(Model model, List<Integer> rows) {
    if (warmFirst) {
      model.warmUp(rows.isEmpty() ? WARM_UP_ROWS : rows.stream().mapToInt(Integer::intValue).toArray());
    }
    return model;
  }

  private BatchPolicy batching(Settings settings) {
    Settings.Batching own = settings.batching();
    return new BatchPolicy(
        own.maxRows().orElse(batching.maxRows()),
        own.maxDelay().orElse(batching.maxDelay()),
        own.queueRows().orElse(batching.queueRows()),
        own.queueBytes().orElse(batching.queueBytes()),
        own.timeout().orElse(batching.timeout()),
        batching.inlineLimit());
  }

  private static VersionPolicy policy(Settings settings) {
    return settings
        .versions()
        .map(
            versions ->
                switch (versions) {
                  case Settings.Versions.Latest latest -> (VersionPolicy) new VersionPolicy.Latest(latest.count());
                  case Settings.Versions.All all -> new VersionPolicy.All();
                  case Settings.Versions.Specific specific -> new VersionPolicy.Specific(specific.numbers());
                })
        .orElse(new VersionPolicy.All());
  }
}
