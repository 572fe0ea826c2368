package dev.posthorn.engine.keras;

import dev.posthorn.engine.Assets;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.engine.keras.content.Digest;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What Keras 3 writes into a {@code .keras} file: config.json, metadata.json, model.weights.h5 and assets. */
final class KerasArchive {
  static final String CONFIG = "config.json";
  static final String METADATA = "metadata.json";
  static final String WEIGHTS = "model.weights.h5";
  static final String NUMPY_WEIGHTS = "model.weights.npz";
  private static final String ASSETS = "assets/";

  private final ModelMembers members;
  private final String what;
  private final Budget budget;

  KerasArchive(ModelMembers members, String what, Budget budget) {
    this.members = members;
    this.what = what;
    this.budget = budget;
  }

  /**
   * The model, whole.
   *
   * @param digest of the file; empty: computed over the members
   */
  ModelDescription read(String format, Optional<Supplier<String>> digest, ReadOptions options) {
    Architecture architecture = architecture();
    Assets assets = path -> members.find(ASSETS + path).map(FileBytes::copy);
    return new ModelDescription(
        options.name(),
        format,
        architecture.kerasVersion().or(options::kerasVersion).orElse(KerasVersion.NEWEST),
        digest.orElseGet(() -> Digest.of(digested())),
        architecture.root(),
        weights(),
        assets,
        Optional.empty());
  }

  private List<Content> digested() {
    List<Content> contents = new ArrayList<>();
    for (String name : List.of(CONFIG, METADATA, WEIGHTS, NUMPY_WEIGHTS)) {
      members.find(name).ifPresent(contents::add);
    }
    return contents;
  }

  /** The architecture alone. */
  Architecture architecture() {
    Content config =
        members
            .find(CONFIG)
            .orElseThrow(
                () -> new InferenceException(Reason.INVALID_MODEL, what + " has no " + CONFIG + ", which a .keras model needs"));
    Optional<KerasVersion> version = members.find(METADATA).flatMap(this::version);
    String place = CONFIG + " of " + what;
    return Architecture.of(Json.parse(FileBytes.copy(config), place, budget), version, place);
  }

  private Optional<KerasVersion> version(Content metadata) {
    String place = METADATA + " of " + what;
    Map<String, @Nullable Object> object =
        Json.object(Json.parse(FileBytes.copy(metadata), place, budget), place);
    Object version = object.get("keras_version");
    return version == null
        ? Optional.empty()
        : Optional.of(KerasVersion.of(Json.string(version, place + ": keras_version")));
  }

  private WeightSource weights() {
    Optional<Content> hdf5 = members.find(WEIGHTS);
    if (hdf5.isPresent()) {
      return Hdf5Weights.open(hdf5.get(), WEIGHTS + " of " + what, budget);
    }
    Content numpy =
        members
            .find(NUMPY_WEIGHTS)
            .orElseThrow(
                () ->
                    new InferenceException(
                        Reason.INVALID_MODEL,
                        what + " has no weights: expected " + WEIGHTS + " or " + NUMPY_WEIGHTS));
    return new NpzWeights(Npz.open(numpy, NUMPY_WEIGHTS + " of " + what, budget));
  }

  /** Plain arrays named by path: {@code layers/dense/vars/0}. */
  private record NpzWeights(Map<String, StoredArray> arrays) implements WeightSource.ByPath {
    @Override
    public boolean hasGroup(String path) {
      return arrays.keySet().stream().anyMatch(name -> name.startsWith(path + "/"));
    }

    @Override
    public Optional<StoredArray> find(String path) {
      return Optional.ofNullable(arrays.get(path));
    }
  }
}
