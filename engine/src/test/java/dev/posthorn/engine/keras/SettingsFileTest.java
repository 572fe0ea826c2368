package dev.posthorn.engine.keras;

import static dev.posthorn.engine.keras.Golden.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
  private static final Path FOLDER = Path.of("/models");

  private static Settings parse(String yaml) {
    return SettingsFile.parse(yaml, "m.posthorn.yaml", FOLDER);
  }

  @Test
  void readsEveryKey() {
    Settings settings =
        parse(
            """
            activations: [relu, relu, linear]
            keras-version: 3.10
            classes: {output_0: [setosa, no, 3]}
            versions: {policy: specific, numbers: [3, 7]}
            labels: {stable: 3, canary: 4}
            batching: {max-rows: 1024, max-delay: 0ms, queue-rows: 8192, queue-bytes: 64MiB, timeout: 1s}
            warm-up: {rows: [1, 32]}
            proof: {inputs: [x.npy], outputs: [y.npy], rtol: 1e-3}
            replace: {lambda_1: "MyPackage>halve"}
            """);
    assertThat(settings.activations()).containsExactly("relu", "relu", "linear");
    assertThat(settings.kerasVersion()).hasValue(new KerasVersion(3, 10, 0));
    assertThat(settings.classes()).isEqualTo(Map.of("output_0", List.of("setosa", "no", "3")));
    assertThat(settings.versions()).hasValue(new Settings.Versions.Specific(List.of(3L, 7L)));
    assertThat(settings.labels()).isEqualTo(Map.of("stable", 3L, "canary", 4L));
    assertThat(settings.batching().maxRows()).hasValue(1024);
    assertThat(settings.batching().maxDelay()).hasValue(Duration.ZERO);
    assertThat(settings.batching().queueBytes()).hasValue(64 << 20);
    assertThat(settings.batching().timeout()).hasValue(Duration.ofSeconds(1));
    assertThat(settings.warmUp()).containsExactly(1, 32);
    assertThat(settings.proof())
        .hasValue(new Settings.Proof(List.of(FOLDER.resolve("x.npy")), List.of(FOLDER.resolve("y.npy")), 1e-3, 1e-5));
    assertThat(settings.replace()).isEqualTo(Map.of("lambda_1", "MyPackage>halve"));
    assertThat(parse("")).isEqualTo(Settings.NONE);
    assertThat(parse("# nothing yet\n---\n")).isEqualTo(Settings.NONE);
    assertThat(parse("versions: {policy: latest, count: 2}").versions()).hasValue(new Settings.Versions.Latest(2));
    assertThat(parse("versions: {policy: all}").versions()).hasValue(new Settings.Versions.All());
  }

  @Test
  void namesTheNearestOfAnUnknownKey() {
    assertRefused(
        () -> parse("activation: [relu]"),
        Reason.INVALID_MODEL,
        "m.posthorn.yaml: unknown key 'activation'; did you mean 'activations'?");
    assertRefused(
        () -> parse("batching: {max-row: 3}"), Reason.INVALID_MODEL, "batching: unknown key 'max-row'; did you mean 'max-rows'?");
  }

  @Test
  void refusesWrongValuesNamingTheKey() {
    assertRefused(() -> parse("architecture:"), Reason.INVALID_MODEL, "architecture: expected a text");
    assertRefused(() -> parse("a: !!binary x"), Reason.INVALID_MODEL, "m.posthorn.yaml");
    assertRefused(() -> parse("- a"), Reason.INVALID_MODEL, "expected keys and values, got a list");
    assertRefused(() -> parse("activations: relu"), Reason.INVALID_MODEL, "activations: expected a list");
    assertRefused(() -> parse("batching: {timeout: 5}"), Reason.INVALID_MODEL, "timeout: expected a time such as 5ms");
    assertRefused(() -> parse("batching: {queue-bytes: 1TB}"), Reason.INVALID_MODEL, "queue-bytes: expected a size");
    assertRefused(() -> parse("batching: {max-rows: 0}"), Reason.INVALID_MODEL, "max-rows: expected a whole number from 1, got 0");
    assertRefused(() -> parse("versions: {policy: newest}"), Reason.INVALID_MODEL, "latest, all or specific");
    assertRefused(() -> parse("versions: {policy: specific}"), Reason.INVALID_MODEL, "numbers");
    assertRefused(() -> parse("proof: {inputs: [x.npy]}"), Reason.INVALID_MODEL, "outputs: expected at least one file");
    assertRefused(() -> parse("proof: {inputs: [x], outputs: [y], rtol: -1}"), Reason.INVALID_MODEL, "rtol");
    assertRefused(() -> parse("keras-version: newest"), Reason.INVALID_MODEL, "newest");
    assertRefused(() -> parse("architecture: a\nactivations: [relu]"), Reason.INVALID_MODEL, "activations");
    assertRefused(() -> parse("a: [1"), Reason.INVALID_MODEL, "m.posthorn.yaml is not valid YAML");
    assertRefused(() -> parse("replace: {a: b}\nreplace: {}"), Reason.INVALID_MODEL, "not valid YAML");
    assertRefused(() -> parse("a: " + "[".repeat(50_000)), Reason.INVALID_MODEL, "not valid YAML");
  }

  @Test
  void liesBesideTheModel(@TempDir Path folder) throws IOException {
    Path flat = Files.writeString(folder.resolve("iris.posthorn.yaml"), "keras-version: 2.2.4");
    Path versioned = Files.createDirectories(folder.resolve("wine/3"));
    Path inside = Files.writeString(folder.resolve("wine/posthorn.yaml"), "architecture: config.json");
    assertThat(SettingsFile.beside(folder.resolve("iris.keras"))).hasValue(flat.toAbsolutePath());
    assertThat(SettingsFile.beside(folder.resolve("other.keras"))).isEmpty();
    assertThat(SettingsFile.beside(versioned.resolve("model.keras"))).hasValue(inside.toAbsolutePath());
    assertThat(SettingsFile.beside(versioned)).hasValue(inside.toAbsolutePath());
    assertThat(SettingsFile.read(inside).architecture()).hasValue(folder.resolve("wine/config.json").toAbsolutePath());
  }

  @Test
  void addsOnlyWhatTheOptionsLeaveOpen() {
    Settings settings = parse("architecture: c.json\nkeras-version: 3.0\nreplace: {a: x, b: y}");
    ReadOptions open = settings.applyTo(ReadOptions.defaults().withReplace(Map.of("b", "z")));
    assertThat(open.architecture()).hasValue(FOLDER.resolve("c.json"));
    assertThat(open.kerasVersion()).hasValue(new KerasVersion(3, 0, 0));
    assertThat(open.replace()).isEqualTo(Map.of("a", "x", "b", "z"));
    ReadOptions given = settings.applyTo(ReadOptions.defaults().withActivations(List.of("relu")));
    assertThat(given.architecture()).isEmpty();
  }
}
