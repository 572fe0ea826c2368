package dev.posthorn.cli;

import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.Problem;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a model takes and gives, its layers and its plan, or everything that keeps it from being served. */
@Command(
    name = "inspect",
    description = "Shows inputs, outputs, layers, parameters and the plan of a model; or why it is not supported.",
    sortOptions = false,
    footer = {"", "Examples:", "  posthorn inspect model.keras", "  posthorn inspect model.keras --json -"})
final class InspectCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "MODEL", arity = "0..1", description = "[NAME=]PATH of a model.")
  @Nullable String model;

  @Mixin JsonTarget json = new JsonTarget();
  @Mixin ModelOptions options = new ModelOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ModelArgument argument = ModelArgument.parse(json.first(model, "MODEL"));
    try (Engine engine = options.engine(1)) {
      ModelArgument.Read read;
      try {
        read = argument.read(options);
      } catch (InferenceException e) {
        json.write(console, InspectReport.unreadable(argument.name(), problem(e)));
        throw e;
      }
      Model loaded;
      try {
        loaded = read.load(engine);
      } catch (InferenceException e) {
        return unsupported(engine, read.description(), e);
      }
      try (loaded) {
        if (!json.toStdout()) {
          console.out().print(InspectReport.text(loaded, engine.kernels()));
        }
        json.write(console, InspectReport.json(loaded, engine.kernels()));
        return ExitCode.DONE;
      }
    }
  }

  private Integer unsupported(Engine engine, ModelDescription description, InferenceException first) {
    List<Problem> found = engine.problems(description);
    List<Problem> problems = found.isEmpty() ? List.of(problem(first)) : found;
    if (!json.toStdout()) {
      problems.forEach(
          problem -> console.out().println(problem.reason() + InspectReport.place(problem) + ": " + problem.message()));
    }
    json.write(console, InspectReport.unsupported(description, problems));
    String message =
        problems.size() == 1
            ? problems.get(0).message()
            : "model '" + description.name() + "' is not supported: " + problems.size() + " problems, the first: "
                + problems.get(0).message();
    throw new InferenceException(problems.get(0).reason(), message);
  }

  private static Problem problem(InferenceException e) {
    Reason reason = e.reason();
    String layer = e.metadata().getOrDefault("layer", "");
    return new Problem(layer, e.metadata().getOrDefault("class_name", ""), reason, String.valueOf(e.getMessage()));
  }
}
