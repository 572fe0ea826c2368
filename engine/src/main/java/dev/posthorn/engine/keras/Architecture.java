package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.hdf5.Hdf5File;
import dev.posthorn.engine.keras.legacy.LegacyModels;
import dev.posthorn.engine.keras.legacy.OperationModules;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model without its weights.
 *
 * @param root the model as Keras 3 serializes it
 * @param kerasVersion if the file says by which Keras it was written
 * @param written the model as the file has it
 */
record Architecture(
    Map<String, @Nullable Object> root, Optional<KerasVersion> kerasVersion, Map<String, @Nullable Object> written) {
  /** Assumed for what is written as before Keras 3 and does not say by which version. */
  private static final KerasVersion LAST_LEGACY = new KerasVersion(2, 15, 0);

  /**
   * Reads a config.json, the text of to_json(), or the architecture out of a {@code .keras} file or
   * folder or a whole-model HDF5 file.
   *
   * @throws InferenceException INVALID_MODEL if it is none, UNSUPPORTED for what has no meaning in Keras 3
   */
  static Architecture read(Path file, Budget budget) {
    if (Files.isDirectory(file)) {
      return KerasFolder.archive(new Source.Folder(file), budget).architecture();
    }
    Source.File source = new Source.File(String.valueOf(file.getFileName()), Optional.of(file), FileBytes.read(file, budget));
    if (ZipArchive.recognises(source.content())) {
      return KerasZip.archive(source, budget).architecture();
    }
    if (Hdf5File.recognises(source.content())) {
      return Hdf5Model.architecture(source, ReadOptions.defaults().withBudget(budget));
    }
    return parse(FileBytes.copy(source.content()), source.what(), budget);
  }

  /** As {@link #read}, from the JSON itself. */
  static Architecture parse(byte[] json, String what, Budget budget) {
    Object root = Json.parse(json, what, budget);
    if (root instanceof String text) {
      // json.dump(model.to_json(), file) writes the text of a text.
      root = Json.parse(text, what, budget);
    }
    return of(root, Optional.empty(), what);
  }

  /**
   * Checks that a tree is an architecture of a Keras that we read.
   *
   * @param version if it is known from elsewhere; the tree's own comes first
   */
  static Architecture of(@Nullable Object tree, Optional<KerasVersion> version, String place) {
    Map<String, @Nullable Object> root = Json.object(tree, place);
    if (!root.containsKey("class_name")) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          place + " is no architecture: expected an object with class_name and config, as model.to_json() writes it");
    }
    Object own = root.get("keras_version");
    Optional<KerasVersion> written =
        own == null ? version : Optional.of(KerasVersion.of(Json.string(own, place + ": keras_version")));
    if (LegacyModels.recognises(root, written.orElse(null))) {
      return new Architecture(LegacyModels.translate(root), written.or(() -> Optional.of(LAST_LEGACY)), root);
    }
    return new Architecture(root.containsKey("module") ? root : OperationModules.complete(root), written, root);
  }
}
