package dev.posthorn.cli;

import dev.posthorn.cli.bench.Batches;
import dev.posthorn.cli.bench.BenchReport;
import dev.posthorn.cli.bench.RandomInputs;
import dev.posthorn.cli.bench.ValueRange;
import dev.posthorn.cli.files.InputFiles;
import dev.posthorn.cli.files.NamedFile;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures the speed of a model's plan in process. */
@Command(
    name = "bench",
    description = "Speed of a model's plan in process.",
    sortOptions = false,
    footer = {
      "",
      "The peak is what this processor does at best: multiply-adds in registers only, measured in this process.",
      "",
      "Example:",
      "  posthorn bench model.keras --batch 1,32,256 --seconds 2"
    })
final class BenchCommand implements Callable<Integer> {
  private static final long SEED = 42;

  private final Console console;

  @Parameters(paramLabel = "MODEL", arity = "0..1", description = "[NAME=]PATH of a model.")
  @Nullable String model;

  @Option(names = "--batch", paramLabel = "N,...", split = ",", description = "Rows of a call; default: 1,32,256.")
  List<Integer> batches = List.of(1, 32, 256);

  @Option(names = "--threads", paramLabel = "N", description = "Threads that one call may use; default: 1.")
  int threads = 1;

  @Option(names = "--seconds", paramLabel = "S", description = "How long each batch size is measured; default: 1.")
  double seconds = 1;

  @Option(names = "--input", paramLabel = "[NAME=]FILE", description = "Real data instead of random numbers; may be repeated.")
  List<String> inputs = new ArrayList<>();

  @Mixin JsonTarget json = new JsonTarget();
  @Mixin ModelOptions options = new ModelOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ModelArgument argument = ModelArgument.parse(json.first(model, "MODEL"));
    if (batches.isEmpty() || batches.stream().anyMatch(batch -> batch < 1)) {
      throw new UsageException("--batch: expected numbers from 1, got " + batches);
    }
    if (threads < 1 || !(seconds > 0)) {
      throw new UsageException(threads < 1 ? "--threads: expected 1 or more, got " + threads : "--seconds: expected more than 0");
    }
    try (Engine engine = options.engine(threads)) {
      ModelArgument.Read read = argument.read(options);
      try (Model loaded = read.load(engine)) {
        IntFunction<List<ArrayTensor>> data = data(loaded, ValueRange.of(read.description()));
        console.progress("warming up ...");
        engine.warmUpKernels();
        console.endProgress();
        Consumer<String> lines = json.toStdout() ? line -> {} : this::print;
        BenchReport report =
            BenchReport.measure(loaded, engine.kernels(), threads, batches, seconds, data, lines);
        engine.kernelsNote().filter(_ -> options.kernels.equals("auto")).ifPresent(console::note);
        json.write(console, report.json());
      }
    }
    return ExitCode.DONE;
  }

  private void print(String line) {
    console.out().println(line);
    console.out().flush();
  }

  private IntFunction<List<ArrayTensor>> data(Model loaded, ValueRange range) {
    if (inputs.isEmpty()) {
      return rows -> RandomInputs.of(loaded.signature(), rows, range, SEED);
    }
    List<ArrayTensor> rows = InputFiles.read(inputs.stream().map(NamedFile::parse).toList(), loaded.signature()).tensors();
    if (rows.stream().anyMatch(tensor -> tensor.shape().rank() > 0 && tensor.shape().first() == 0)) {
      throw new UsageException("--input has no rows");
    }
    return count -> Batches.cut(rows, 0, count);
  }
}
