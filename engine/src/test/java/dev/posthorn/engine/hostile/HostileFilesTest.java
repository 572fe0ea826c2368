package dev.posthorn.engine.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bombs, lies and monsters, made here; each begins with what is expected of it. All in one JVM of 256 MB. */
class HostileFilesTest {
  private static final long MAX_MILLIS = 5_000;

  @Test
  void survivesBombsAndLiesWithinSmallMemory(@TempDir Path folder) throws IOException, InterruptedException {
    Path place = folder.toRealPath();
    Path models = Files.createDirectories(place.resolve("models"));
    Map<String, byte[]> parts = parts();
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.putAll(HostileZips.all(parts));
    files.putAll(HostileModels.all());
    files.putAll(HostileHdf5.all());
    files.putAll(HostileArrays.all());
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(models.resolve(file.getKey()), file.getValue());
    }
    ChildJvm child = ChildJvm.read(models, place, "-Xmx256m");
    assertThat(child.exitCode()).as(child.log()).isZero();
    List<Outcome> outcomes = child.outcomes();
    assertThat(outcomes).hasSameSizeAs(files.keySet());
    assertThat(outcomes).filteredOn(o -> !o.loaded() && !o.refused()).as(child.log()).isEmpty();
    assertThat(outcomes).filteredOn(o -> o.file().startsWith("refuse-")).filteredOn(o -> !o.refused()).isEmpty();
    assertThat(outcomes).filteredOn(o -> o.file().startsWith("load-")).filteredOn(o -> !o.loaded()).isEmpty();
    assertThat(outcomes).filteredOn(o -> o.reason().equals("INTERNAL")).isEmpty();
    assertThat(outcomes).filteredOn(o -> o.message().length() > 1_000).isEmpty();
    assertThat(outcomes).filteredOn(o -> o.cpuMillis() > MAX_MILLIS).isEmpty();
    assertThat(child.filesWritten()).isEmpty();
    assertThat(child.filesRead()).allMatch(file -> file.startsWith(models.toString()));
  }

  private static Map<String, byte[]> parts() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(HostileFilesTest.class.getResourceAsStream("/golden/mlp_33_64_32_1/model.keras"))) {
      return members(in.readAllBytes());
    }
  }

  static Map<String, byte[]> members(byte[] archive) throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        members.put(entry.getName(), zip.readAllBytes());
      }
    }
    return members;
  }
}
