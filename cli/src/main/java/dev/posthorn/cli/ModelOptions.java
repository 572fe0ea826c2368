package dev.posthorn.cli;

import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Example;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.keras.Nearest;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.spi.InferenceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that reads a model. */
final class ModelOptions {
  static final List<String> KERNELS = List.of("auto", "vector512", "vector256", "vector128", "ejml");

  @Option(names = "--plugins", paramLabel = "DIR", description = "Folder of plug-ins: jars with further layers.")
  @Nullable Path plugins;

  @Option(
      names = "--architecture",
      paramLabel = "FILE",
      description = "For weights alone: a config.json or the text of to_json().")
  @Nullable Path architecture;

  @Option(
      names = "--activations",
      paramLabel = "LIST",
      split = ",",
      description = "For arrays alone, in place of an architecture: one activation for each kernel.")
  @Nullable List<String> activations;

  @Option(
      names = "--kernels",
      paramLabel = "NAME",
      description = "auto, vector512, vector256, vector128 or ejml; default: auto.")
  String kernels = "auto";

  @Option(names = "--rtol", paramLabel = "R", description = "Relative tolerance of comparisons with recorded outputs; default: 1e-4.")
  @Nullable Double rtol;

  @Option(names = "--atol", paramLabel = "A", description = "Absolute tolerance of comparisons with recorded outputs; default: 1e-5.")
  @Nullable Double atol;

  @Option(names = "--debug", description = "Show a stack trace if something fails.")
  boolean debug;

  double relative() {
    return checked("--rtol", rtol, Example.RTOL);
  }

  double absolute() {
    return checked("--atol", atol, Example.ATOL);
  }

  private static double checked(String option, @Nullable Double value, double otherwise) {
    if (value != null && !(value >= 0)) {
      throw new UsageException(option + ": expected a number from 0, got " + value);
    }
    return value == null ? otherwise : value;
  }

  /**
   * An engine with these plug-ins and kernels.
   *
   * @throws UsageException if a plug-in is broken or the kernels cannot run here
   */
  Engine engine(int threads) {
    if (!KERNELS.contains(kernels)) {
      throw new UsageException(
          "--kernels: expected one of " + String.join(", ", KERNELS) + ", got '" + kernels + "'"
              + Nearest.hint(kernels, KERNELS));
    }
    Engine.Builder builder = Engine.builder().kernels(kernels).threads(threads);
    if (plugins != null) {
      builder.plugins(plugins);
    }
    try {
      return builder.build();
    } catch (InferenceException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  /** What the command line says about reading a model. */
  ReadOptions readOptions() {
    if (architecture != null && activations != null) {
      throw new UsageException("--architecture and --activations: give one of them");
    }
    ReadOptions options = ReadOptions.defaults();
    if (architecture != null) {
      options = options.withArchitecture(architecture);
    }
    return activations == null ? options : options.withActivations(activations);
  }

  /** The description with the tolerances that were given for its example. */
  ModelDescription withTolerances(ModelDescription description) {
    if (rtol == null && atol == null || description.example().isEmpty()) {
      return description;
    }
    Example example = description.example().get();
    double newRtol = rtol == null ? example.rtol() : relative();
    double newAtol = atol == null ? example.atol() : absolute();
    return description.withExample(
        Optional.of(new Example(example.inputs(), example.outputs(), newRtol, newAtol)));
  }

  /** The first of these options that was given, for a command that cannot use them. */
  Optional<String> given() {
    if (plugins != null) {
      return Optional.of("--plugins");
    }
    if (architecture != null) {
      return Optional.of("--architecture");
    }
    if (activations != null) {
      return Optional.of("--activations");
    }
    return kernels.equals("auto") ? Optional.empty() : Optional.of("--kernels");
  }
}
