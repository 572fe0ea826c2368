package dev.posthorn.cli;

import dev.posthorn.engine.keras.Nearest;
import dev.posthorn.server.ServerConfig;
import dev.posthorn.server.ServerConfigBuilder;
import dev.posthorn.spi.InferenceException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of {@code serve} that describe a server; the same words are the keys of its configuration file. */
final class ServeOptions {
  /** One option; a flag has no label. */
  private record Setting(String name, String label, String description) {
    boolean isFlag() {
      return label.isEmpty();
    }
  }

  private static final String NOT_BUILT = "Not built yet.";

  private static final List<Setting> SETTINGS =
      List.of(
          new Setting("host", "HOST", "Address to listen on; default: 127.0.0.1."),
          new Setting("port", "PORT", "Port to listen on, 0 for any free one; default: 8500."),
          new Setting("http-port", "PORT", NOT_BUILT),
          new Setting("plugins", "DIR", "Folder of plug-ins: jars with further layers."),
          new Setting("kernels", "NAME", "auto, vector512, vector256, vector128 or ejml; default: auto."),
          new Setting("memory", "BYTES", "What all models together may take."),
          new Setting("threads", "N", "Threads for computations; default: one for each core."),
          new Setting("inline-limit", "MICROS", "Up to this estimate a batch runs on the network thread; default: 50."),
          new Setting("ready-when", "warm|loaded", "When a model is ready; default: warm."),
          new Setting("drain-delay", "SECONDS", "From being unhealthy to going down; default: 5."),
          new Setting("grace", "SECONDS", "Within which going down ends; default: 30."),
          new Setting("admin", "", "Let ModelService load and unload models."),
          new Setting("admin-host", "HOST", "Address of management, if not --host."),
          new Setting("admin-port", "PORT", "Port of management, if not --port."),
          new Setting("insecure", "", "Let other machines manage models without authentication."),
          new Setting("allow-origin", "ORIGIN,...", NOT_BUILT),
          new Setting("tls-cert", "FILE", NOT_BUILT),
          new Setting("tls-key", "FILE", NOT_BUILT),
          new Setting("tls-client-ca", "FILE", NOT_BUILT),
          new Setting("token-file", "FILE", NOT_BUILT),
          new Setting("architecture", "FILE", NOT_BUILT + " Name it in NAME.posthorn.yaml beside the model."),
          new Setting("activations", "LIST", NOT_BUILT + " Name them in NAME.posthorn.yaml beside the model."),
          new Setting("rtol", "R", NOT_BUILT + " The proof in NAME.posthorn.yaml has its own."),
          new Setting("atol", "A", NOT_BUILT + " The proof in NAME.posthorn.yaml has its own."));

  private ServeOptions() {}

  static void addTo(CommandSpec spec) {
    for (Setting setting : SETTINGS) {
      OptionSpec.Builder option = OptionSpec.builder("--" + setting.name()).description(setting.description());
      spec.addOption(
          setting.isFlag()
              ? option.type(boolean.class).build()
              : option.type(String.class).paramLabel(setting.label()).build());
    }
  }

  /**
   * The configuration that a command line describes, over that of its {@code --config} file.
   *
   * @throws UsageException naming the option or key
   */
  static ServerConfig config(ParseResult parsed, List<String> models, List<String> limits, List<Path> files) {
    ServerConfigBuilder builder = ServerConfig.builder();
    try {
      for (Setting setting : SETTINGS) {
        String option = "--" + setting.name();
        if (!parsed.hasMatchedOption(option)) {
          continue;
        }
        if (setting.description().startsWith(NOT_BUILT)) {
          throw new UsageException(option + " is not built yet" + setting.description().substring(NOT_BUILT.length()));
        }
        if (!setting.isFlag()) {
          builder.set(setting.name(), parsed.matchedOptionValue(option, ""));
        } else if (parsed.matchedOptionValue(option, false)) {
          builder.set(setting.name(), "");
        }
      }
      for (String limit : limits) {
        int split = limit.indexOf('=');
        if (split < 1) {
          throw new UsageException("--limit: expected NAME=VALUE, got '" + limit + "'");
        }
        builder.limit(limit.substring(0, split), limit.substring(split + 1));
      }
      for (String model : models) {
        ModelArgument argument = ModelArgument.parse(model);
        boolean named = !model.equals(argument.path().toString());
        builder.model(named ? argument.name() : "", argument.path());
      }
      files.forEach(builder::file);
      ServerConfig config = builder.build();
      if (!ModelOptions.KERNELS.contains(config.kernels())) {
        throw new UsageException(
            "--kernels: expected one of " + String.join(", ", ModelOptions.KERNELS) + ", got '" + config.kernels() + "'"
                + Nearest.hint(config.kernels(), ModelOptions.KERNELS));
      }
      return config;
    } catch (InferenceException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }
}
