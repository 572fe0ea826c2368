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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Weights in several HDF5 files: {@code model.weights.json}, which says which paths each {@code model_00000.weights.h5}
 * beside it holds, with an architecture. Shards are opened by plain names only. Source: keras.src.saving.saving_lib,
 * ShardedH5IOStore.
 */
final class ShardedModel implements ModelReader {
  private static final String MAP = "weight_map";

  @Override
  public boolean recognises(Source source) {
    return source instanceof Source.File file && JsonModel.hasKey(file, MAP);
  }

  @Override
  public ModelDescription read(Source source, ReadOptions options) {
    Source.File file = (Source.File) source;
    Path config =
        options
            .architecture()
            .or(() -> file.sibling(KerasArchive.CONFIG))
            .orElseThrow(
                () ->
                    new InferenceException(
                        Reason.INVALID_MODEL, file.what() + " holds weights alone: give --architecture FILE"));
    Architecture architecture = Architecture.read(config, options.budget());
    List<Content> contents = new ArrayList<>(List.of(file.content()));
    WeightSource weights = weights(file, options.budget(), contents);
    return new ModelDescription(
        options.name(),
        "shards",
        architecture.kerasVersion().or(options::kerasVersion).orElse(KerasVersion.NEWEST),
        Digest.of(contents),
        architecture.root(),
        weights,
        Assets.NONE,
        Optional.empty());
  }

  /**
   * Opens the shards.
   *
   * @param contents takes their bytes
   */
  static WeightSource.ByPath weights(Source.File file, Budget budget, List<Content> contents) {
    String what = file.what();
    Map<String, @Nullable Object> root = Json.object(Json.parse(FileBytes.copy(file.content()), what, budget), what);
    Map<String, @Nullable Object> map = Json.object(root.get(MAP), what + ": " + MAP);
    Budget.check("tensors", budget.tensors(), map.size(), what + ": paths of weights");
    Map<String, Hdf5Weights> shards = new LinkedHashMap<>();
    Map<String, List<Hdf5Weights>> places = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable Object> entry : map.entrySet()) {
      String place = what + ": " + MAP + ": " + entry.getKey();
      List<Hdf5Weights> holders = new ArrayList<>();
      Object names = entry.getValue();
      for (Object name : names instanceof String one ? List.of(one) : Json.list(names, place)) {
        String shard = Json.string(name, place);
        Hdf5Weights opened = shards.get(shard);
        if (opened == null) {
          opened = open(file, shard, place, budget, contents);
          shards.put(shard, opened);
        }
        holders.add(opened);
      }
      places.put(stripped(entry.getKey()), holders);
    }
    return new Shards(places);
  }

  private static Hdf5Weights open(
      Source.File file, String name, String place, Budget budget, List<Content> contents) {
    if (name.isEmpty() || name.equals("..") || name.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':' || c == 0)) {
      throw new InferenceException(Reason.INVALID_MODEL, place + ": '" + name + "' is no plain file name");
    }
    Path shard =
        file.sibling(name)
            .orElseThrow(
                () -> new InferenceException(Reason.MISSING_WEIGHTS, place + ": there is no file '" + name + "' beside it"));
    long before = contents.stream().mapToLong(Content::size).sum();
    Content content = FileBytes.read(shard, budget);
    Budget.check("model-bytes", budget.bytes(), before + content.size(), file.what() + ": bytes of all shards");
    contents.add(content);
    return Hdf5Weights.open(content, name, budget);
  }

  private static String stripped(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }

  /** The shards that hold each group of arrays. */
  private record Shards(Map<String, List<Hdf5Weights>> places) implements WeightSource.ByPath {
    @Override
    public boolean hasGroup(String path) {
      return places.keySet().stream().anyMatch(place -> place.equals(path) || place.startsWith(path + "/"));
    }

    @Override
    public Optional<StoredArray> find(String path) {
      for (Hdf5Weights shard : places.getOrDefault(path.substring(0, Math.max(0, path.lastIndexOf('/'))), List.of())) {
        Optional<StoredArray> found = shard.find(path);
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }

    @Override
    public Optional<String> layerName(String path) {
      String vars = path.endsWith("/vars") ? path : path + "/vars";
      return places.getOrDefault(vars, List.of()).stream().findFirst().flatMap(shard -> shard.layerName(path));
    }
  }
}
