package dev.posthorn.cli;

import dev.posthorn.client.PosthornClient;
import dev.posthorn.server.PosthornServer;
import dev.posthorn.server.ServerConfig;
import dev.posthorn.server.ServerConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves the sample models and streams their data through the Java client. */
@Command(
    name = "demo",
    description = "Serves the sample models, streams sample data through the Java client and compares with Keras.",
    sortOptions = false,
    footer = {"", "Example:", "  posthorn demo"})
final class DemoCommand implements Callable<Integer> {
  /** Sample models, by the names of their files. */
  static final List<String> MODELS =
      List.of("trained_iris", "trained_diabetes", "trained_breast_cancer_mlp", "mlp_33_64_32_1");

  private static final double TOLERANCE = 1e-4;
  private static final String FASTEST = "mlp_33_64_32_1";

  private final Console console;
  private final String home;

  @Option(names = "--kernels", paramLabel = "NAME", description = "auto, vector512, vector256, vector128 or ejml; default: auto.")
  String kernels = "auto";

  @Option(names = "--debug", description = "Show a stack trace if something fails.")
  boolean debug;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  DemoCommand(Console console, String home) {
    this.console = console;
    this.home = home;
  }

  @Override
  public Integer call() {
    Path models = Path.of(home, "examples", "models");
    if (!Files.isDirectory(models)) {
      throw new UsageException("no sample models in " + models + ": start it from a source tree or the distribution");
    }
    ServerConfigBuilder config = ServerConfig.builder().set("port", "0").set("kernels", kernels);
    MODELS.forEach(name -> config.model(name, models.resolve(name + ".keras")));
    console.progress("loading models and warming up ...");
    double worst = 0;
    try (PosthornServer server = PosthornServer.start(config.build());
        PosthornClient client = PosthornClient.connect("127.0.0.1:" + server.port())) {
      console.endProgress();
      console.out().printf(
          Locale.ROOT, "serving %d models on 127.0.0.1:%d, kernels %s%n", MODELS.size(), server.port(),
          server.engine().kernels());
      for (String name : MODELS) {
        Sample sample = Sample.read(Path.of(home, "examples", "data", name));
        Sample.Streamed streamed = sample.stream(client, name);
        worst = Math.max(worst, streamed.difference());
        console.out().printf("%n%s: %d rows in %d messages%n", name, sample.rows(), streamed.messages());
        streamed.lines().forEach(line -> console.out().println("  " + line));
        console.out().printf(Locale.ROOT, "  largest difference from Keras: %.1e%n", streamed.difference());
        console.out().flush();
      }
      Sample sample = Sample.read(Path.of(home, "examples", "data", FASTEST));
      double rate = sample.rowsPerSecond(client, FASTEST);
      console.out().printf(Locale.ROOT, "%nlargest difference from Keras over all models: %.1e%n", worst);
      console.out().printf(Locale.ROOT, "%s, 256 rows a message, one stream: %,.0f rows per second%n", FASTEST, rate);
    }
    return worst <= TOLERANCE ? ExitCode.DONE : ExitCode.CHECK_FAILED;
  }
}
