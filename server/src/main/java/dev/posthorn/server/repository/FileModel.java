package dev.posthorn.server.repository;

import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Example;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.engine.keras.Settings;
import dev.posthorn.engine.keras.SettingsFile;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model file, and the settings beside it.
 *
 * @param options what the command line says of every model
 */
record FileModel(String name, Path path, ReadOptions options) {

  /**
   * The settings; none if there is no file.
   *
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL naming the key
   */
  Settings settings() {
    return SettingsFile.beside(path).map(SettingsFile::read).orElse(Settings.NONE);
  }

  /**
   * Reads, builds and proves the model.
   *
   * @throws dev.posthorn.spi.InferenceException if it cannot be served
   */
  Model load(Engine engine) {
    Settings settings = settings();
    ModelDescription description = ModelFiles.open(path, settings.applyTo(options.withName(name)));
    Optional<Example> proof = settings.proof().map(ProofFiles::example);
    if (proof.isPresent()) {
      description = description.withExample(proof);
    }
    return engine.load(description, settings.classes());
  }
}
