package dev.posthorn.cli;

import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.engine.keras.Settings;
import dev.posthorn.engine.keras.SettingsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A model on the command line: {@code [NAME=]PATH}.
 *
 * @param name by default the file name without its ending
 */
record ModelArgument(String name, Path path) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /** Splits at the first {@code =}, unless the whole argument is a path that exists. */
  static ModelArgument parse(String argument) {
    int split = argument.indexOf('=');
    Path whole = Path.of(argument);
    if (split < 0 || Files.exists(whole)) {
      return new ModelArgument(ModelFiles.defaultName(whole), whole);
    }
    String name = argument.substring(0, split);
    if (!NAME.matcher(name).matches()) {
      throw new UsageException(
          "model name '" + name + "': expected a letter or digit, then letters, digits, '.', '_' or '-', at most 128");
    }
    return new ModelArgument(name, Path.of(argument.substring(split + 1)));
  }

  /** A description, and the names of classes that a settings file gives. */
  record Read(ModelDescription description, Map<String, List<String>> classes) {
    Model load(Engine engine) {
      return engine.load(description, classes);
    }
  }

  /**
   * Reads the file, with the settings file beside it under the options of the command line.
   *
   * @throws dev.posthorn.spi.InferenceException as {@link ModelFiles#open(Path, ReadOptions)}
   */
  Read read(ModelOptions options) {
    Settings settings = SettingsFile.beside(path).map(SettingsFile::read).orElse(Settings.NONE);
    ReadOptions given = options.readOptions().withName(name);
    ModelDescription description = ModelFiles.open(path, settings.applyTo(given));
    return new Read(options.withTolerances(description), settings.classes());
  }

  Model load(Engine engine, ModelOptions options) {
    return read(options).load(engine);
  }
}
