package dev.posthorn.server;

import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.Nearest;
import dev.posthorn.server.batching.BatchPolicy;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Collects options, each by its long name without dashes; the last one wins. */
public final class ServerConfigBuilder {
  private static final Set<String> OPTIONS =
      Set.of(
          "host", "port", "plugins", "kernels", "memory", "threads", "inline-limit", "ready-when", "drain-delay",
          "grace", "admin", "admin-host", "admin-port", "insecure");

  /** What is not built yet, and refused by name. */
  private static final Set<String> UNSUPPORTED =
      Set.of("http-port", "allow-origin", "tls-cert", "tls-key", "tls-client-ca", "token-file");

  private static final int MOST_THREADS = 4096;

  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, Path> models = new LinkedHashMap<>();
  private final List<Path> folders = new ArrayList<>();
  private final LimitsBuilder limits = new LimitsBuilder();

  ServerConfigBuilder() {}

  /** The names that {@link #set} takes, those that are refused included. */
  public static Set<String> options() {
    Set<String> all = new TreeSet<>(OPTIONS);
    all.addAll(UNSUPPORTED);
    return all;
  }

  /**
   * Sets an option.
   *
   * @param value as on the command line; empty for a flag
   * @throws InferenceException INVALID_ARGUMENT naming the nearest, UNSUPPORTED for what is not built yet
   */
  public ServerConfigBuilder set(String option, String value) {
    if (UNSUPPORTED.contains(option)) {
      throw new InferenceException(
          Reason.UNSUPPORTED, Map.of("option", option), "--" + option + " is not supported yet");
    }
    if (!OPTIONS.contains(option)) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          Map.of("option", option),
          "unknown option '" + option + "'" + Nearest.hint(option, options()));
    }
    values.put(option, value);
    return this;
  }

  /**
   * Sets a limit.
   *
   * @throws InferenceException INVALID_ARGUMENT naming the nearest
   */
  public ServerConfigBuilder limit(String name, String value) {
    limits.set(name, value);
    return this;
  }

  /** Adds a model file, or a folder of models: {@code PATH} or {@code NAME=PATH}. */
  public ServerConfigBuilder model(String argument) {
    int equals = argument.indexOf('=');
    return equals < 0
        ? model("", Path.of(argument))
        : model(argument.substring(0, equals), Path.of(argument.substring(equals + 1)));
  }

  /**
   * Adds a model file, or without a name a folder of models.
   *
   * @param name empty: the file name without its ending
   * @throws InferenceException INVALID_ARGUMENT if a name is taken, or a folder of models is given one
   */
  public ServerConfigBuilder model(String name, Path path) {
    if (Files.isDirectory(path) && !ModelFiles.isModelFolder(path)) {
      if (!name.isEmpty()) {
        throw ConfigText.wrong(name + "=" + path, "a model", "a folder of models, which has no name");
      }
      folders.add(path);
      return this;
    }
    String known = name.isEmpty() ? ModelFiles.defaultName(path) : name;
    if (models.putIfAbsent(known, path) != null) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          Map.of("model", known),
          "two models are named '" + known + "': " + models.get(known) + " and " + path);
    }
    return this;
  }

  /**
   * Takes what a configuration file says, for options that are not set yet.
   *
   * @throws InferenceException INVALID_ARGUMENT
   */
  public ServerConfigBuilder file(Path file) {
    ConfigFile.read(file).applyTo(this);
    return this;
  }

  void setIfAbsent(String option, String value) {
    if (!values.containsKey(option)) {
      set(option, value);
    }
  }

  void limitIfAbsent(String name, String value) {
    if (!limits.isSet(name)) {
      limits.set(name, value);
    }
  }

  void modelIfAbsent(String name, Path path) {
    if (!models.containsKey(name)) {
      model(name, path);
    }
  }

  /**
   * The configuration.
   *
   * @throws InferenceException INVALID_ARGUMENT naming the option
   */
  public ServerConfig build() {
    boolean admin = flag("admin");
    Optional<String> adminHost = Optional.ofNullable(values.get("admin-host"));
    Optional<Integer> adminPort =
        Optional.ofNullable(values.get("admin-port"))
            .map(port -> ConfigText.integer("admin-port", port, 0, 65_535));
    if (!admin && (adminHost.isPresent() || adminPort.isPresent())) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT, "--admin-host and --admin-port need --admin, which turns management on");
    }
    Duration inline =
        value("inline-limit")
            .map(micros -> ConfigText.time("inline-limit", micros, "us"))
            .orElse(BatchPolicy.DEFAULT.inlineLimit());
    return new ServerConfig(
        value("host").orElse("127.0.0.1"),
        value("port").map(port -> ConfigText.integer("port", port, 0, 65_535)).orElse(8500),
        models,
        folders,
        value("plugins").map(Path::of),
        value("kernels").orElse("auto"),
        value("memory").map(bytes -> ConfigText.bytes("memory", bytes, Long.MAX_VALUE)).orElse(Long.MAX_VALUE),
        value("threads")
            .map(number -> ConfigText.integer("threads", number, 1, MOST_THREADS))
            .orElse(Runtime.getRuntime().availableProcessors()),
        readyWhenWarm(),
        value("drain-delay").map(time -> ConfigText.time("drain-delay", time, "s")).orElse(Duration.ofSeconds(5)),
        value("grace").map(time -> ConfigText.time("grace", time, "s")).orElse(Duration.ofSeconds(30)),
        admin,
        adminHost,
        adminPort,
        flag("insecure"),
        limits.limits(),
        limits.budget(),
        limits.batching(inline),
        limits.layouts());
  }

  private boolean readyWhenWarm() {
    String when = value("ready-when").orElse("warm");
    if (!when.equals("warm") && !when.equals("loaded")) {
      throw ConfigText.wrong("ready-when", "warm or loaded", when);
    }
    return when.equals("warm");
  }

  private boolean flag(String option) {
    String value = values.get(option);
    return value != null && ConfigText.flag(option, value);
  }

  private Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option));
  }
}
