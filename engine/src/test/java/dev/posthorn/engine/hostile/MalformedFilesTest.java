package dev.posthorn.engine.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.ReadOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * 97 malformed, hostile and unusual files ({@code malformed.zip}; its {@code index.json} tells what is wrong with each and
 * what is expected), read, loaded and run in one JVM of 256 MB.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MalformedFilesTest {
  private static final int FILES = 97;
  private static final long MAX_MILLIS = 2_000;
  private static final Pattern ENTRY = Pattern.compile("\"file\": \"([^\"]+)\".*?\"expect\": \"([^\"]+)\"", Pattern.DOTALL);

  private final Map<String, String> expected = new LinkedHashMap<>();
  private final Map<String, byte[]> contents = new HashMap<>();
  private Path place;
  private Map<String, Outcome> outcomes;
  private ChildJvm child;

  @BeforeAll
  void readAllInOneChild(@TempDir Path folder) throws IOException, InterruptedException {
    place = folder.toRealPath();
    Path models = Files.createDirectories(place.resolve("models"));
    try (InputStream raw = Objects.requireNonNull(MalformedFilesTest.class.getResourceAsStream("/malformed.zip"));
        ZipInputStream zip = new ZipInputStream(raw)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] content = zip.readAllBytes();
        if (entry.getName().equals("index.json")) {
          Matcher found = ENTRY.matcher(new String(content, StandardCharsets.UTF_8));
          while (found.find()) {
            expected.put(found.group(1), found.group(2));
          }
        } else {
          contents.put(entry.getName(), content);
          Files.write(models.resolve(entry.getName()), content);
        }
      }
    }
    child = ChildJvm.read(models, place, "-Xmx256m");
    outcomes = child.outcomes().stream().collect(Collectors.toMap(Outcome::file, o -> o));
  }

  @Test
  void answersEveryFileInOneJvm() {
    assertThat(expected).hasSize(FILES);
    assertThat(outcomes.keySet()).isEqualTo(expected.keySet());
    assertThat(child.exitCode()).as(child.log()).isZero();
  }

  @Test
  void doesWithEachAsTheIndexSays() {
    assertThat(outcomes.values()).allMatch(o -> o.loaded() || o.refused());
    expected.forEach((file, expect) -> {
      Outcome outcome = outcomes.get(file);
      if (expect.equals("reject")) {
        assertThat(outcome.refused()).as(outcome.toString()).isTrue();
      } else if (expect.startsWith("load: ") || file.startsWith("ok_")) {
        assertThat(outcome.loaded()).as(outcome.toString()).isTrue();
      }
    });
  }

  @Test
  void refusesInOneClearLine() {
    for (Outcome outcome : outcomes.values()) {
      if (outcome.refused()) {
        assertThat(outcome.message()).as(outcome.toString()).hasSizeBetween(20, 500).doesNotContain("\\n", "\\r", "Exception");
        assertThat(outcome.reason())
            .as(outcome.toString())
            .isIn("INVALID_MODEL", "UNSUPPORTED", "TOO_LARGE", "UNKNOWN_LAYER", "MISSING_WEIGHTS");
      }
    }
  }

  @Test
  void answersEachWithinTwoSeconds() {
    assertThat(outcomes.values()).allMatch(o -> o.cpuMillis() < MAX_MILLIS);
  }

  @Test
  void computesTheRightNumbersFromUnusualFiles() {
    float[] right = rightAnswers();
    List<Outcome> unusual = outcomes.values().stream().filter(o -> o.file().startsWith("ok_")).toList();
    assertThat(unusual).hasSize(13);
    for (Outcome outcome : unusual) {
      double tolerance = outcome.file().contains("float16") ? 1e-2 : 1e-5;
      assertThat(outcome.output()).as(outcome.toString()).hasSameSizeAs(right);
      for (int i = 0; i < right.length; i++) {
        assertThat((double) outcome.output()[i])
            .as(outcome.toString())
            .isCloseTo(right[i], Offset.offset(tolerance));
      }
    }
  }

  /** Of the file that they were made from. */
  private static float[] rightAnswers() {
    try (Engine engine = Engine.builder().threads(1).build();
        InputStream file = Objects.requireNonNull(
            MalformedFilesTest.class.getResourceAsStream("/golden/mlp_33_64_32_1/model.keras"));
        Model model = engine.load(ModelFiles.open(file.readAllBytes(), ReadOptions.defaults().withName("mlp")))) {
      ArrayTensor output = model.predict(ReadInChild.ramps(model)).get(0);
      return output.floats();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void writesNothing() throws IOException {
    Map<String, byte[]> after = new HashMap<>();
    try (var files = Files.list(place.resolve("models"))) {
      for (Path file : files.toList()) {
        after.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
      }
    }
    assertThat(after.keySet()).isEqualTo(contents.keySet());
    contents.forEach((name, content) -> assertThat(after.get(name)).as(name).isEqualTo(content));
    assertThat(child.filesWritten()).isEmpty();
    assertThat(Path.of("/tmp/evil_absolute")).doesNotExist();
  }

  @Test
  void readsNoFileButTheModels() {
    assertThat(child.filesRead()).isNotEmpty().allMatch(file -> file.startsWith(place.resolve("models").toString()));
  }
}
