package dev.posthorn.cli;

import dev.posthorn.cli.files.InputFiles;
import dev.posthorn.cli.files.NamedFile;
import dev.posthorn.cli.files.Prediction;
import dev.posthorn.cli.files.WireTensors;
import dev.posthorn.client.PosthornClient;
import dev.posthorn.client.PredictionRequest;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.Signature;
import dev.posthorn.v1.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs files through a model, in process or on a server; both give the same bits. */
@Command(
    name = "predict",
    description = "Runs files through a model, in process or through a server.",
    sortOptions = false,
    footer = {
      "",
      "Files end in .npy, .npz, .csv or .json. Without --output the answer is JSON on standard output.",
      "",
      "Examples:",
      "  posthorn predict model.keras --input x.npy",
      "  posthorn predict weights.npz --activations relu,relu,linear --input x.csv --output y.csv",
      "  posthorn predict iris --server localhost:8500 --input x.npy"
    })
final class PredictCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "MODEL", arity = "0..1", description = "[NAME=]PATH of a model; with --server its name there.")
  @Nullable String model;

  @Option(names = "--input", paramLabel = "[NAME=]FILE", description = "Data for an input; may be repeated.")
  List<String> inputs = new ArrayList<>();

  @Option(names = "--output", paramLabel = "FILE|DIR", description = "Where the outputs go: a file, or a folder with a file for each.")
  @Nullable Path output;

  @Option(names = "--server", paramLabel = "HOST:PORT", description = "Ask this server.")
  @Nullable String server;

  @Mixin JsonTarget json = new JsonTarget();
  @Mixin ModelOptions modelOptions = new ModelOptions();
  @Mixin ServerOptions serverOptions = new ServerOptions();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  PredictCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    String name = json.first(model, "MODEL");
    if (inputs.isEmpty()) {
      throw new UsageException("--input is missing (--help shows how)");
    }
    List<NamedFile> files = inputs.stream().map(NamedFile::parse).toList();
    Prediction prediction = server == null ? inProcess(name, files) : onServer(server, name, files);
    if (output != null) {
      prediction.write(output);
    }
    if (output == null && json.file == null) {
      json.file = "-";
    }
    if (json.file != null) {
      json.write(console, prediction.json());
    }
    return ExitCode.DONE;
  }

  private Prediction inProcess(String argument, List<NamedFile> files) {
    try (Engine engine = modelOptions.engine(Runtime.getRuntime().availableProcessors());
        Model loaded = ModelArgument.parse(argument).load(engine, modelOptions)) {
      InputFiles read = InputFiles.read(files, loaded.signature());
      List<ArrayTensor> outputs = loaded.predict(read.tensors());
      noteConversions(read);
      return new Prediction(loaded.name(), 1, loaded.signature().outputs(), outputs);
    }
  }

  private Prediction onServer(String address, String name, List<NamedFile> files) {
    modelOptions.given().ifPresent(option -> {
      throw new UsageException(option + " is for a model in process; with --server it is the server's");
    });
    try (PosthornClient client = serverOptions.client(address)) {
      ServedModel served = ServedModel.get(client, name);
      Signature signature = served.signature();
      InputFiles read = InputFiles.read(files, signature);
      List<Tensor> tensors = new ArrayList<>();
      for (int i = 0; i < read.tensors().size(); i++) {
        tensors.add(WireTensors.encode(signature.inputs().get(i).name(), read.tensors().get(i)));
      }
      PredictionRequest request =
          PredictionRequest.of(name, tensors.toArray(Tensor[]::new))
              .withVersion(served.version().getVersion())
              .withTimeout(serverOptions.limit());
      dev.posthorn.client.Prediction answer = client.predict(request);
      noteConversions(read);
      List<ArrayTensor> outputs = answer.outputs().stream().map(WireTensors::decode).toList();
      return new Prediction(name, answer.version(), signature.outputs(), outputs);
    }
  }

  private void noteConversions(InputFiles read) {
    if (!read.conversions().isEmpty()) {
      console.note("converted " + String.join(", ", read.conversions()));
    }
  }
}
