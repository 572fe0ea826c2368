package dev.posthorn.server;

import dev.posthorn.engine.keras.Nearest;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * A configuration file: YAML whose keys are the long options without dashes, and {@code models} and {@code limits}.
 *
 * @param options by name
 * @param limits by name
 * @param models paths by name, relative to the file
 */
record ConfigFile(Map<String, String> options, Map<String, String> limits, Map<String, Path> models) {
  private static final int LONGEST = 1 << 20;
  private static final String MODELS = "models";
  private static final String LIMITS = "limits";

  static ConfigFile read(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw ConfigText.wrong(file.toString(), "a configuration file", "more than " + LONGEST + " bytes");
      }
      return parse(Files.readString(file), file.toAbsolutePath().normalize());
    } catch (IOException e) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT, Map.of(), "the configuration " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Reads the text of a configuration file; every scalar is a text, as on the command line. */
  static ConfigFile parse(String yaml, Path file) {
    LoadSettings settings =
        LoadSettings.builder()
            .setSchema(new FailsafeSchema())
            .setTagConstructors(Map.of(Tag.NULL, node -> ""))
            .setMaxAliasesForCollections(10)
            .setCodePointLimit(LONGEST)
            .build();
    Object root;
    try {
      root = new Load(settings).loadFromString(yaml);
    } catch (YamlEngineException e) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          Map.of(),
          file.getFileName() + " is not valid YAML: " + String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " "),
          e);
    }
    Map<String, String> options = new LinkedHashMap<>();
    Map<String, String> limits = new LinkedHashMap<>();
    Map<String, Path> models = new LinkedHashMap<>();
    if (root != null && !"".equals(root)) {
      for (Map.Entry<?, ?> entry : map(root, String.valueOf(file.getFileName())).entrySet()) {
        String key = String.valueOf(entry.getKey());
        switch (key) {
          case MODELS -> map(entry.getValue(), key)
              .forEach((name, path) -> models.put(String.valueOf(name), file.resolveSibling(String.valueOf(path))));
          case LIMITS -> map(entry.getValue(), key)
              .forEach((name, value) -> limits.put(String.valueOf(name), String.valueOf(value)));
          default -> options.put(known(key), text(entry.getValue(), key));
        }
      }
    }
    return new ConfigFile(options, limits, models);
  }

  private static String known(String key) {
    Set<String> keys = new TreeSet<>(ServerConfigBuilder.options());
    keys.add(MODELS);
    keys.add(LIMITS);
    if (!keys.contains(key)) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          Map.of("option", key),
          "unknown key '" + key + "' in the configuration" + Nearest.hint(key, keys));
    }
    return key;
  }

  private static Map<?, ?> map(@Nullable Object value, String what) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw ConfigText.wrong(what, "keys and values", String.valueOf(value));
  }

  private static String text(@Nullable Object value, String key) {
    if (value instanceof String text) {
      return text;
    }
    throw ConfigText.wrong(key, "one value", String.valueOf(value));
  }

  void applyTo(ServerConfigBuilder builder) {
    options.forEach(builder::setIfAbsent);
    limits.forEach(builder::limitIfAbsent);
    models.forEach(builder::modelIfAbsent);
  }
}
