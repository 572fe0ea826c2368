package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerConfigTest {
  @TempDir private Path folder;

  private Path file(String yaml) throws Exception {
    return Files.writeString(folder.resolve("posthorn.yaml"), yaml);
  }

  @Test
  void readsOptionsModelsAndLimitsFromAFile() throws Exception {
    ServerConfig config =
        ServerConfig.builder()
            .set("port", "9000")
            .file(
                file(
                    """
                    port: 1
                    host: 0.0.0.0
                    drain-delay: 0
                    inline-limit: 20
                    admin: true
                    models: {m: sub/m.keras}
                    limits: {message: 4MiB, rows: 10, queue-rows: 5, layouts: 3, json-depth: 7}
                    """))
            .build();
    assertThat(config.port()).as("the command line wins").isEqualTo(9000);
    assertThat(config.host()).isEqualTo("0.0.0.0");
    assertThat(config.drainDelay()).isZero();
    assertThat(config.admin()).isTrue();
    assertThat(config.models()).containsEntry("m", folder.toAbsolutePath().resolve("sub/m.keras"));
    assertThat(config.limits().messageBytes()).isEqualTo(4 << 20);
    assertThat(config.limits().rows()).isEqualTo(10);
    assertThat(config.batching().queueRows()).isEqualTo(5);
    assertThat(config.batching().inlineLimit()).isEqualTo(Duration.ofNanos(20_000));
    assertThat(config.layouts()).isEqualTo(3);
    assertThat(config.budget().jsonDepth()).isEqualTo(7);
  }

  @Test
  void hasTheDocumentedDefaults() {
    ServerConfig config = ServerConfig.builder().build();
    assertThat(config.port()).isEqualTo(8500);
    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.drainDelay()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.grace()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.limits().messageBytes()).isEqualTo(16 << 20);
    assertThat(config.limits().windowBytes()).isEqualTo(8 << 20);
    assertThat(config.batching().inlineLimit()).isEqualTo(Duration.ofNanos(50_000));
    assertThat(config.admin()).isFalse();
  }

  @Test
  void namesTheNearestOfAnUnknownKey() throws Exception {
    Path file = file("prot: 1\n");
    assertThatThrownBy(() -> ServerConfig.builder().file(file)).hasMessageContaining("'port'");
    assertThatThrownBy(() -> ServerConfig.builder().limit("row", "1")).hasMessageContaining("'rows'");
    assertThatThrownBy(() -> ServerConfig.builder().set("inline-limt", "1")).hasMessageContaining("'inline-limit'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http-port", "tls-cert", "token-file", "allow-origin"})
  void refusesByNameWhatIsNotBuiltYet(String option) {
    InferenceException thrown =
        catchThrowableOfType(InferenceException.class, () -> ServerConfig.builder().set(option, "1"));
    assertThat(thrown.reason()).isEqualTo(Reason.UNSUPPORTED);
    assertThat(thrown).hasMessageContaining("--" + option);
  }

  @ParameterizedTest
  @ValueSource(strings = {"port=x", "port=70000", "threads=0", "ready-when=soon", "grace=-1", "memory=much"})
  void saysWhatAnOptionTakes(String setting) {
    String[] parts = setting.split("=");
    assertThatThrownBy(() -> ServerConfig.builder().set(parts[0], parts[1]).build())
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining(parts[0])
        .hasMessageContaining("expected");
  }
}
