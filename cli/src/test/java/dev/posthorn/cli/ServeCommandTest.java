package dev.posthorn.cli;

import static dev.posthorn.cli.Cli.file;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process of its own, as the launcher starts it. */
class ServeCommandTest {
  private static final Path MLP = file("mlp_33_64_32_1", "model.keras");

  @TempDir Path folder;

  private static Process start(Object... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--add-modules=jdk.incubator.vector");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.posthorn.cli.Main", "serve"));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return new ProcessBuilder(command).start();
  }

  @Test
  void saysWhatIsReadyAnswersAndGoesDownOnSigterm() throws Exception {
    Path repository = Files.createDirectories(folder.resolve("models"));
    Files.copy(file("stateful_lstm", "model.keras"), repository.resolve("memory.keras"));
    Files.writeString(repository.resolve("broken.keras"), "PK\003\004 and no more");
    Path config = folder.resolve("server.yaml");
    Files.writeString(config, "port: 1\ndrain-delay: 0\nready-when: loaded\nmodels: {second: " + MLP.toAbsolutePath() + "}\n");

    Process server = start("first=" + MLP, repository, "--config", config, "--port", "0");
    try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
      List<String> lines = new ArrayList<>();
      String line = out.readLine();
      while (line != null && !line.startsWith("listening:")) {
        lines.add(line);
        line = out.readLine();
      }
      assertThat(line).as("after %s", lines).matches("listening: grpc 127\\.0\\.0\\.1:\\d+");
      assertThat(lines)
          .containsExactlyInAnyOrder(
              "ready: first version 1 (4 layers, 4289 parameters)",
              "ready: memory version 1 " + lines.stream().filter(l -> l.contains("memory")).findFirst().orElse("").replaceFirst(".*\\(", "("),
              "ready: second version 1 (4 layers, 4289 parameters)");
      String address = line.substring("listening: grpc ".length());
      Cli models = Cli.run("models", address);
      assertThat(models.out()).contains("broken").contains("UNAVAILABLE");

      server.destroy();

      assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(server.exitValue()).isZero();
      assertThat(Cli.run("models", address).code()).isEqualTo(4);
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void exitsWith3WhereANamedModelCannotBeLoaded() {
    Cli cli = Cli.run("serve", "/nowhere/m.keras", "--port", "0", "--ready-when", "loaded");

    assertThat(cli.code()).isEqualTo(3);
    assertThat(cli.err()).startsWith("posthorn: ").contains("/nowhere/m.keras").hasLineCount(1);
  }

  @Test
  void refusesAConfigurationThatItDoesNotUnderstand() throws IOException {
    Path config = folder.resolve("server.yaml");
    Files.writeString(config, "prot: 8500\n");
    assertUsage("did you mean 'port'?", "--config", config);
    Files.writeString(config, "limits: {mesage: 1}\n");
    assertUsage("did you mean 'message'?", "--config", config);
    Files.writeString(config, "http-port: 8501\n");
    assertUsage("http-port", "--config", config);
    assertUsage("--limit: expected NAME=VALUE", "--limit", "rows");
    assertUsage("two models are named 'model'", MLP, file("stateful_lstm", "model.keras"));
    assertUsage("--tls-cert is not built yet", "--tls-cert", "x");
    assertUsage("did you mean 'vector512'?", "--kernels", "vector51");
  }

  private static void assertUsage(String message, Object... args) {
    List<Object> words = new ArrayList<>(List.of("serve"));
    words.addAll(List.of(args));
    Cli cli = Cli.run(words.toArray());
    assertThat(cli.err()).startsWith("posthorn: ").contains(message).hasLineCount(1);
    assertThat(cli.code()).isEqualTo(2);
  }
}
