package dev.posthorn.cli;

import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.server.PosthornServer;
import dev.posthorn.server.ServerConfig;
import dev.posthorn.server.repository.ModelEntry;
import dev.posthorn.server.repository.ModelVersion;
import dev.posthorn.spi.InferenceException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves model files and folders of models until it is told to end. */
@Command(
    name = "serve",
    description = "Serves model files and folders of models over gRPC.",
    sortOptions = false,
    footer = {
      "",
      "On SIGTERM it first reports itself unhealthy, then answers what it has received, then ends.",
      "",
      "Examples:",
      "  posthorn serve iris.keras shop=model.keras --port 8500",
      "  posthorn serve models/ --plugins plugins/"
    })
final class ServeCommand implements Callable<Integer> {
  private final Console console;

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "[NAME=]PATH", arity = "0..*", description = "A model file, or a folder of models.")
  List<String> models = new ArrayList<>();

  @Option(names = "--config", paramLabel = "FILE", description = "YAML with these options as keys, and models and limits.")
  List<Path> configs = new ArrayList<>();

  @Option(names = "--limit", paramLabel = "NAME=VALUE", description = "Sets a limit; may be repeated.")
  List<String> limits = new ArrayList<>();

  @Option(names = "--debug", description = "Show a stack trace if something fails.")
  boolean debug;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  private ServeCommand(Console console) {
    this.console = console;
  }

  static CommandLine create(Console console) {
    CommandLine command = new CommandLine(new ServeCommand(console));
    ServeOptions.addTo(command.getCommandSpec());
    return command;
  }

  @Override
  public Integer call() throws InterruptedException {
    ServerConfig config = ServeOptions.config(spec.commandLine().getParseResult(), models, limits, configs);
    try (PosthornServer server = start(config)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(server), "posthorn-shutdown"));
      server.engine().kernelsNote().filter(_ -> config.kernels().equals("auto")).ifPresent(console::note);
      for (ModelEntry entry : server.repository().entries()) {
        entry.versions().values().forEach(this::announce);
      }
      console.out().println("listening: grpc " + address(config.host(), server.port()));
      if (server.adminPort() != server.port()) {
        console.out().println("listening: admin " + address(config.adminHost().orElse(config.host()), server.adminPort()));
      }
      console.out().flush();
      server.awaitTermination();
    }
    return ExitCode.DONE;
  }

  private static PosthornServer start(ServerConfig config) {
    Engine engine;
    try {
      engine = PosthornServer.engine(config);
    } catch (InferenceException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    try {
      return PosthornServer.start(config, engine, InstantSource.system());
    } catch (InferenceException e) {
      if (e.getCause() instanceof IOException && String.valueOf(e.getMessage()).startsWith("cannot listen")) {
        throw new UsageException(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  private void announce(ModelVersion version) {
    version.status().error().ifPresent(error -> console.note(version + " is unavailable: " + error.getMessage()));
    if (version.isReady()) {
      Model model = version.model();
      console.out().println(
          String.format(
              Locale.ROOT, "ready: %s version %d (%d layers, %d parameters)",
              version.name(), version.number(), model.layers().size(), model.parameters()));
    }
  }

  private static String address(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Ends the process with 0 once the server has gone down as it should; Java alone would report the signal. */
  private static void drain(PosthornServer server) {
    try {
      server.drain();
      Runtime.getRuntime().halt(ExitCode.DONE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
