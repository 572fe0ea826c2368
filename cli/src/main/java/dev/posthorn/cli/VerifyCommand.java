package dev.posthorn.cli;

import dev.posthorn.cli.files.NamedFile;
import dev.posthorn.cli.verify.CaseFilter;
import dev.posthorn.cli.verify.CaseResult;
import dev.posthorn.cli.verify.CaseRunner;
import dev.posthorn.cli.verify.CaseRuns;
import dev.posthorn.cli.verify.ModelForm;
import dev.posthorn.cli.verify.SingleCheck;
import dev.posthorn.cli.verify.VerifyReport;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.keras.Nearest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares a model, or every case folder below a folder, with recorded outputs. */
@Command(
    name = "verify",
    description = "Compares a model's outputs with recorded ones.",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  posthorn verify model.keras --input x.npy --expect y.npy --layers layers.npz",
      "  posthorn verify --cases golden --forms keras,npz --filter 'mlp_*,!mlp_big*'"
    })
final class VerifyCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "MODEL", arity = "0..1", description = "[NAME=]PATH of a model.")
  @Nullable String model;

  @Option(names = "--input", paramLabel = "[NAME=]FILE", description = "Data for an input; may be repeated.")
  List<String> inputs = new ArrayList<>();

  @Option(names = "--expect", paramLabel = "[NAME=]FILE", description = "A recorded output; may be repeated.")
  List<String> expected = new ArrayList<>();

  @Option(
      names = "--layers",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "FILE",
      description = "Recorded outputs of the layers (.npz): names the first layer that differs. With --cases it takes no file.")
  @Nullable String layers;

  @Option(names = "--cases", paramLabel = "DIR", description = "Run every case folder below DIR.")
  @Nullable Path cases;

  @Option(names = "--filter", paramLabel = "GLOB,...", description = "Only cases that match a GLOB and no !GLOB.")
  List<String> filter = new ArrayList<>();

  @Option(names = "--forms", paramLabel = "FORM,...", split = ",", description = "Only model files of these forms: keras, folder, h5, weights, shards, npz, json, savedmodel, checkpoint.")
  List<String> forms = new ArrayList<>();

  @Mixin JsonTarget json = new JsonTarget();
  @Mixin ModelOptions options = new ModelOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  VerifyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    VerifyReport report = cases == null ? single() : cases(cases);
    if (!json.toStdout()) {
      report.totals().forEach(console.out()::println);
    }
    json.write(console, report.json());
    return report.passed() ? ExitCode.DONE : ExitCode.CHECK_FAILED;
  }

  private VerifyReport single() {
    String argument = json.first(model, "MODEL or --cases DIR");
    if (inputs.isEmpty() || expected.isEmpty()) {
      throw new UsageException((inputs.isEmpty() ? "--input" : "--expect") + " is missing (--help shows how)");
    }
    if (!filter.isEmpty() || !forms.isEmpty()) {
      throw new UsageException((filter.isEmpty() ? "--forms" : "--filter") + " goes with --cases only");
    }
    if ("".equals(layers)) {
      throw new UsageException("--layers: expected a file, such as layers.npz");
    }
    ModelArgument file = ModelArgument.parse(argument);
    try (Engine engine = options.engine(Runtime.getRuntime().availableProcessors());
        Model loaded = file.load(engine, options)) {
      SingleCheck check =
          new SingleCheck(
              loaded,
              files(inputs),
              files(expected),
              layers == null ? null : Path.of(layers),
              options.relative(),
              options.absolute());
      CaseResult result = check.run(String.valueOf(file.path().getFileName()));
      VerifyReport report = new VerifyReport(engine.kernels(), options.relative(), options.absolute(), List.of(result));
      print(result);
      return report;
    }
  }

  private static List<NamedFile> files(List<String> arguments) {
    return arguments.stream().map(NamedFile::parse).toList();
  }

  private VerifyReport cases(Path folder) {
    if (model != null || !inputs.isEmpty() || !expected.isEmpty()) {
      throw new UsageException("--cases brings its own models, inputs and outputs: give no MODEL, --input or --expect");
    }
    if (layers != null && !layers.isEmpty()) {
      throw new UsageException("--layers takes no file with --cases: each case's own layers.npz is compared");
    }
    if (options.architecture != null || options.activations != null) {
      throw new UsageException("--architecture and --activations are of no use with --cases: each case brings its own");
    }
    if (!Files.isDirectory(folder)) {
      throw new UsageException("--cases " + folder + ": no such folder");
    }
    Set<ModelForm> wanted = wantedForms();
    int threads = Runtime.getRuntime().availableProcessors();
    try (Engine engine = options.engine(1)) {
      CaseRunner runner =
          new CaseRunner(engine, wanted, options.relative(), options.absolute(), layers != null);
      Consumer<String> progress = console::progress;
      List<CaseResult> results =
          CaseRuns.run(folder, CaseFilter.of(String.join(",", filter)), runner, threads, this::print, progress);
      console.endProgress();
      if (results.isEmpty()) {
        throw new UsageException("no case below " + folder + " matches the filter and the forms");
      }
      return new VerifyReport(engine.kernels(), options.relative(), options.absolute(), results);
    }
  }

  private void print(CaseResult result) {
    console.endProgress();
    if (!json.toStdout()) {
      console.out().println(result.line());
    }
  }

  private Set<ModelForm> wantedForms() {
    if (forms.isEmpty()) {
      return EnumSet.allOf(ModelForm.class);
    }
    EnumSet<ModelForm> wanted = EnumSet.noneOf(ModelForm.class);
    for (String form : forms) {
      String name = form.strip().toLowerCase(Locale.ROOT);
      if (!ModelForm.labels().contains(name)) {
        throw new UsageException(
            "--forms: expected " + String.join(", ", ModelForm.labels()) + ", got '" + form + "'"
                + Nearest.hint(name, ModelForm.labels()));
      }
      wanted.add(ModelForm.valueOf(name.toUpperCase(Locale.ROOT)));
    }
    return wanted;
  }
}
