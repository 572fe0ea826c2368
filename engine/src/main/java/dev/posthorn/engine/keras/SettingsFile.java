package dev.posthorn.engine.keras;

import dev.posthorn.engine.Example;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * Reads {@code NAME.posthorn.yaml} beside a model file, or {@code posthorn.yaml} in the folder of a versioned model. Every
 * value is read as text first, so that {@code keras-version: 3.10} is not 3.1 and a class may be called {@code no}. An
 * unknown key is an error that names the nearest.
 */
public final class SettingsFile {
  private static final String NAME = "posthorn.yaml";
  private static final Pattern VERSION = Pattern.compile("\\d{1,18}");
  private static final int LONGEST = 1 << 20;
  private static final Set<String> KEYS =
      Set.of(
          "architecture",
          "activations",
          "keras-version",
          "classes",
          "versions",
          "labels",
          "batching",
          "warm-up",
          "proof",
          "replace");

  private final SettingsReader in;
  private final Path folder;

  private SettingsFile(SettingsReader in, Path folder) {
    this.in = in;
    this.folder = folder;
  }

  /** The settings file of a model file or folder, if it has one. */
  public static Optional<Path> beside(Path model) {
    Path path = model.toAbsolutePath().normalize();
    List<Path> places = new ArrayList<>();
    places.add(path.resolveSibling(ModelFiles.defaultName(path) + "." + NAME));
    Path parent = path.getParent();
    if (parent != null && isVersion(path)) {
      places.add(parent.resolve(NAME));
    } else if (parent != null && isVersion(parent)) {
      places.add(parent.resolveSibling(NAME));
    }
    return places.stream().filter(Files::isRegularFile).findFirst();
  }

  private static boolean isVersion(Path folder) {
    return folder.getFileName() != null
        && VERSION.matcher(folder.getFileName().toString()).matches()
        && Files.isDirectory(folder);
  }

  /**
   * Reads a settings file; its paths are relative to its folder.
   *
   * @throws InferenceException INVALID_MODEL naming the key
   */
  public static Settings read(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new InferenceException(Reason.TOO_LARGE, file + " is longer than " + LONGEST + " bytes");
      }
      Path folder = file.toAbsolutePath().normalize().getParent();
      return parse(
          Files.readString(file, StandardCharsets.UTF_8),
          String.valueOf(file.getFileName()),
          folder == null ? Path.of("") : folder);
    } catch (IOException e) {
      throw new InferenceException(Reason.INVALID_MODEL, Map.of(), file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the text of a settings file.
   *
   * @param what the file, for messages
   * @param folder to which its paths are relative
   */
  public static Settings parse(String yaml, String what, Path folder) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(what)
            .setSchema(new FailsafeSchema())
            .setTagConstructors(Map.of(Tag.NULL, node -> null))
            .setAllowDuplicateKeys(false)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(10)
            .setCodePointLimit(LONGEST)
            .build();
    Object root;
    try {
      root = new Load(settings).loadFromString(yaml);
    } catch (RuntimeException | StackOverflowError e) {
      String problem =
          e instanceof YamlEngineException
              ? String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ")
              : e instanceof StackOverflowError ? "it is nested too deeply" : "only texts, lists and maps are read";
      throw new InferenceException(Reason.INVALID_MODEL, Map.of(), what + " is not valid YAML: " + problem, e);
    }
    if (root == null || root.equals("")) {
      return Settings.NONE;
    }
    return new SettingsFile(SettingsReader.of(root, what, KEYS), folder).settings();
  }

  private Settings settings() {
    Optional<String> version = in.text("keras-version");
    Map<String, List<String>> classes = new LinkedHashMap<>();
    in.open("classes").ifPresent(map -> map.keys().forEach(output -> classes.put(output, map.texts(output))));
    Map<String, Long> labels = new LinkedHashMap<>();
    in.open("labels").ifPresent(map -> map.keys().forEach(label -> labels.put(label, map.wholeFrom(label, 1))));
    Map<String, String> replace = new LinkedHashMap<>();
    in.open("replace")
        .ifPresent(map -> map.keys().forEach(layer -> replace.put(layer, map.text(layer).orElseThrow())));
    Optional<Path> architecture = in.text("architecture").map(text -> path("architecture", text));
    List<String> activations = in.texts("activations");
    if (architecture.isPresent() && !activations.isEmpty()) {
      throw in.error("activations", "no activations beside an architecture", "both");
    }
    return new Settings(
        architecture,
        activations,
        version.map(KerasVersion::of),
        classes,
        in.closed("versions", Set.of("policy", "count", "numbers")).map(SettingsFile::versions),
        labels,
        in.closed("batching", Set.of("max-rows", "max-delay", "queue-rows", "queue-bytes", "timeout"))
            .map(
                map ->
                    new Settings.Batching(
                        map.positive("max-rows"),
                        map.duration("max-delay"),
                        map.positive("queue-rows"),
                        map.bytes("queue-bytes"),
                        map.duration("timeout")))
            .orElse(Settings.Batching.NONE),
        in.closed("warm-up", Set.of("rows")).map(map -> map.positives("rows")).orElse(List.of()),
        in.closed("proof", Set.of("inputs", "outputs", "rtol", "atol")).map(this::proof),
        replace);
  }

  private Path path(String key, String text) {
    try {
      return folder.resolve(text);
    } catch (InvalidPathException e) {
      throw in.error(key, "a path", text);
    }
  }

  private static Settings.Versions versions(SettingsReader map) {
    String policy = map.text("policy").orElse("latest");
    Settings.Versions versions =
        switch (policy) {
          case "latest" -> new Settings.Versions.Latest(map.positive("count").orElse(1));
          case "all" -> new Settings.Versions.All();
          case "specific" ->
              new Settings.Versions.Specific(map.positives("numbers").stream().map(Integer::longValue).toList());
          default -> throw map.error("policy", "latest, all or specific", policy);
        };
    if (map.text("count").isPresent() && !policy.equals("latest")) {
      throw map.error("count", "none with policy " + policy, map.text("count").get());
    }
    boolean numbered = !map.positives("numbers").isEmpty();
    if (numbered != policy.equals("specific")) {
      throw map.error(
          "numbers", numbered ? "none with policy " + policy : "the versions' numbers", numbered ? "some" : "none");
    }
    return versions;
  }

  private Settings.Proof proof(SettingsReader map) {
    List<Path> inputs = map.texts("inputs").stream().map(text -> path("proof: inputs", text)).toList();
    List<Path> outputs = map.texts("outputs").stream().map(text -> path("proof: outputs", text)).toList();
    if (inputs.isEmpty() || outputs.isEmpty()) {
      throw map.error(inputs.isEmpty() ? "inputs" : "outputs", "at least one file", "none");
    }
    return new Settings.Proof(
        inputs, outputs, map.tolerance("rtol").orElse(Example.RTOL), map.tolerance("atol").orElse(Example.ATOL));
  }
}
