package dev.posthorn.engine.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.spi.InferenceException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands where a model should: nothing of it is waited for, and no link leads out of a model's folder. */
class HostileFoldersTest {
  private static final Duration AT_MOST = Duration.ofSeconds(10);

  @TempDir Path place;
  private Path folder;
  private Map<String, byte[]> parts;

  @BeforeEach
  void writeAGoodFolder() throws IOException {
    try (var in = Objects.requireNonNull(getClass().getResourceAsStream("/golden/mlp_33_64_32_1/model.keras"))) {
      parts = HostileFilesTest.members(in.readAllBytes());
    }
    folder = Files.createDirectories(place.resolve("model"));
    for (Map.Entry<String, byte[]> part : parts.entrySet()) {
      Files.write(folder.resolve(part.getKey()), part.getValue());
    }
    assertThat(ModelFiles.open(folder, ReadOptions.defaults()).format()).isEqualTo("folder");
  }

  private static void assertRefused(Path model) {
    assertTimeoutPreemptively(
        AT_MOST,
        () ->
            assertThatThrownBy(() -> ModelFiles.open(model, ReadOptions.defaults()))
                .isInstanceOf(InferenceException.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "model.weights.h5"})
  void waitsForNoPipe(String part) throws IOException, InterruptedException {
    Path pipe = folder.resolve(part);
    Files.delete(pipe);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertRefused(folder);
    assertRefused(pipe);
  }

  @Test
  void readsNoSocket() throws IOException {
    Path socket = folder.resolve("config.json");
    Files.delete(socket);
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertRefused(folder);
      assertRefused(socket);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/zero", "/etc/passwd", "/proc/self/mem", "/does/not/exist", "config.json"})
  void followsNoLinkOutOfTheFolderNorToItself(String target) throws IOException {
    Path link = folder.resolve("config.json");
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of(target));
    assertRefused(folder);
  }

  @Test
  void followsLinksWithinTheFolderAsMountedOnesHave() throws IOException {
    Path data = Files.createDirectories(folder.resolve("..data"));
    Files.move(folder.resolve("config.json"), data.resolve("config.json"));
    Files.createSymbolicLink(folder.resolve("config.json"), Path.of("..data/config.json"));
    assertThat(ModelFiles.open(folder, ReadOptions.defaults()).format()).isEqualTo("folder");
  }

  @Test
  void takesDevicesAndFoldersForNoModel() throws IOException {
    assertRefused(Path.of("/dev/zero"));
    assertRefused(Path.of("/dev/null"));
    assertRefused(Files.createDirectories(place.resolve("model.keras")));
    assertRefused(place.resolve("missing.keras"));
    Path config = folder.resolve("config.json");
    Files.delete(config);
    Files.createDirectories(config.resolve("config.json"));
    assertRefused(folder);
  }

  @Test
  void readsAFileThatGrowsAndShrinksMeanwhile() throws IOException, InterruptedException {
    Path file = place.resolve("changing.keras");
    byte[] content = RawZip.of("config.json", parts.get("config.json"), "model.weights.h5", parts.get("model.weights.h5"));
    Files.write(file, content);
    AtomicBoolean done = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> {
      try (RandomAccessFile changing = new RandomAccessFile(file.toFile(), "rw")) {
        for (int i = 0; !done.get(); i++) {
          changing.setLength(i % 3 == 0 ? content.length / 2 : content.length + i % 5 * 4096L);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    try {
      for (int i = 0; i < 300; i++) {
        try {
          ModelFiles.open(file, ReadOptions.defaults());
        } catch (InferenceException e) {
          assertThat(e).hasMessageContaining("changing.keras");
        }
      }
    } finally {
      done.set(true);
      writer.join();
    }
  }
}
