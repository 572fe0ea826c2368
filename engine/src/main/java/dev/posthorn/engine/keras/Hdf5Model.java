package dev.posthorn.engine.keras;

import dev.posthorn.engine.Assets;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.engine.keras.content.Digest;
import dev.posthorn.engine.keras.hdf5.Hdf5Attribute;
import dev.posthorn.engine.keras.hdf5.Hdf5File;
import dev.posthorn.engine.keras.hdf5.Hdf5Group;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An HDF5 file: a whole model, {@code model.save("model.h5")}, or weights alone, {@code model.save_weights(...)}, with an
 * architecture. Whole models and the weights of Keras 1 and 2 go by layer, {@code model.weights.h5} by path.
 */
final class Hdf5Model implements ModelReader {
  private static final String CONFIG = "model_config";
  private static final String VERSION = "keras_version";
  private static final String WEIGHTS = "model_weights";

  @Override
  public boolean recognises(Source source) {
    return source instanceof Source.File file && Hdf5File.recognises(file.content());
  }

  @Override
  public ModelDescription read(Source source, ReadOptions options) {
    Source.File file = (Source.File) source;
    Hdf5Group root = Hdf5File.open(file.content(), file.what(), options.budget()).root();
    Optional<KerasVersion> written = version(root);
    boolean whole = root.attribute(CONFIG).isPresent() && options.architecture().isEmpty();
    Architecture architecture =
        whole ? architecture(root, file.what(), options) : Architecture.read(beside(file, options), options.budget());
    Optional<KerasVersion> version = architecture.kerasVersion().or(() -> written).or(options::kerasVersion);
    return new ModelDescription(
        options.name(),
        whole ? "h5" : "weights",
        version.orElse(KerasVersion.NEWEST),
        Digest.of(List.of(file.content())),
        architecture.root(),
        weights(root, file.what(), options),
        Assets.NONE,
        Optional.empty());
  }

  /** The architecture in a whole model. */
  static Architecture architecture(Source.File file, ReadOptions options) {
    return architecture(Hdf5File.open(file.content(), file.what(), options.budget()).root(), file.what(), options);
  }

  private static Architecture architecture(Hdf5Group root, String what, ReadOptions options) {
    Hdf5Attribute config =
        root.attribute(CONFIG)
            .orElseThrow(
                () ->
                    new InferenceException(
                        Reason.INVALID_MODEL, what + " has no " + CONFIG + ": expected a whole model, got weights alone"));
    String place = CONFIG + " of " + what;
    Object tree = Json.parse(config.text().getBytes(StandardCharsets.UTF_8), place, options.budget());
    return Architecture.of(tree, version(root).or(options::kerasVersion), place);
  }

  private static Optional<KerasVersion> version(Hdf5Group root) {
    return root.attribute(VERSION)
        .or(() -> root.has(WEIGHTS) ? root.group(WEIGHTS).flatMap(group -> group.attribute(VERSION)) : Optional.empty())
        .map(Hdf5Attribute::text)
        .map(KerasVersion::of);
  }

  private static Path beside(Source.File file, ReadOptions options) {
    return options
        .architecture()
        .or(() -> file.sibling(KerasArchive.CONFIG))
        .orElseThrow(
            () ->
                new InferenceException(
                    Reason.INVALID_MODEL,
                    file.what() + " holds weights alone, no " + CONFIG + ": give --architecture FILE (a config.json or the text"
                        + " of model.to_json())"));
  }

  private static WeightSource weights(Hdf5Group root, String what, ReadOptions options) {
    if (root.has(WEIGHTS)) {
      Hdf5Group group = root.group(WEIGHTS).orElseThrow();
      return LegacyWeights.open(group, what, options.budget());
    }
    if (LegacyWeights.recognises(root)) {
      return LegacyWeights.open(root, what, options.budget());
    }
    if (root.attribute(CONFIG).isPresent()) {
      throw new InferenceException(
          Reason.INVALID_MODEL, what + " has an architecture, but no weights: there is no group " + WEIGHTS);
    }
    return new Hdf5Weights(root, what);
  }
}
