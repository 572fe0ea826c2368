package dev.posthorn.cli;

import dev.posthorn.cli.bench.Batches;
import dev.posthorn.cli.bench.RandomInputs;
import dev.posthorn.cli.bench.ValueRange;
import dev.posthorn.cli.files.InputFiles;
import dev.posthorn.cli.files.NamedFile;
import dev.posthorn.cli.files.WireTensors;
import dev.posthorn.cli.load.LoadGenerator;
import dev.posthorn.cli.load.LoadPlan;
import dev.posthorn.cli.load.LoadResult;
import dev.posthorn.client.PosthornClient;
import dev.posthorn.client.PredictionRequest;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.v1.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes load over gRPC streams and measures throughput and latency. */
@Command(
    name = "load",
    description = "Load over gRPC streams: a closed loop, or with --rate an open one.",
    sortOptions = false,
    footer = {
      "",
      "In an open loop latency counts from the moment a message was due, sent late or not. The answers of a",
      "stateless model are checked against the first ones; a wrong one makes the exit code 1.",
      "",
      "Examples:",
      "  posthorn load localhost:8500 iris --streams 2 --batch 32",
      "  posthorn load localhost:8500 iris --rate 500 --seconds 30 --json -"
    })
final class LoadCommand implements Callable<Integer> {
  private static final int DISTINCT_REQUESTS = 8;
  private static final long SEED = 42;

  private final Console console;

  @Parameters(index = "0", paramLabel = "HOST:PORT", description = "The server.")
  String server = "";

  @Parameters(index = "1", paramLabel = "MODEL", description = "The model's name there.")
  String model = "";

  @Option(names = "--streams", paramLabel = "N", description = "Streams at once; default: 1.")
  int streams = 1;

  @Option(names = "--batch", paramLabel = "N", description = "Rows of a message; default: 256.")
  int batch = 256;

  @Option(names = "--in-flight", paramLabel = "N", description = "Unanswered messages of a stream; default: 16.")
  int inFlight = 16;

  @Option(names = "--rate", paramLabel = "R", description = "Messages a second over all streams: an open loop.")
  @Nullable Double rate;

  @Option(names = "--seconds", paramLabel = "S", description = "How long is measured; default: 10.")
  double seconds = 10;

  @Option(names = "--warm-up", paramLabel = "S", description = "The same load before, not measured; default: 3.")
  double warmUp = 3;

  @Option(names = "--input", paramLabel = "[NAME=]FILE", description = "Real data instead of random numbers; may be repeated.")
  List<String> inputs = new ArrayList<>();

  @Mixin JsonTarget json = new JsonTarget();
  @Mixin ServerOptions serverOptions = new ServerOptions();

  @Option(names = "--debug", description = "Show a stack trace if something fails.")
  boolean debug;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
  boolean help;

  LoadCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    check();
    LoadPlan plan;
    try (PosthornClient client = serverOptions.client(server)) {
      plan = plan(ServedModel.get(client, model));
      client.predict(plan.requests().get(0).withModel(model).withTimeout(serverOptions.limit()));
    }
    LoadResult result = LoadGenerator.run(plan, () -> serverOptions.client(server), console::progress);
    console.endProgress();
    if (!json.toStdout()) {
      result.lines().forEach(console.out()::println);
    }
    json.write(console, result.json());
    if (result.wrong() > 0) {
      return ExitCode.CHECK_FAILED;
    }
    if (result.ok() == 0) {
      throw new ServerException("no message was answered: " + result.status());
    }
    return ExitCode.DONE;
  }

  private void check() {
    if (streams < 1 || batch < 1 || inFlight < 1) {
      throw new UsageException("--streams, --batch and --in-flight: expected 1 or more");
    }
    Double wanted = rate;
    if (!(seconds > 0) || !(warmUp >= 0) || wanted != null && !(wanted > 0)) {
      throw new UsageException("--seconds and --rate: expected more than 0; --warm-up: 0 or more");
    }
  }

  private LoadPlan plan(ServedModel served) {
    List<PredictionRequest> requests = new ArrayList<>();
    if (inputs.isEmpty()) {
      for (int i = 0; i < DISTINCT_REQUESTS; i++) {
        requests.add(request(served, RandomInputs.of(served.signature(), batch, ValueRange.SMALL, SEED + i)));
      }
    } else {
      List<ArrayTensor> rows =
          InputFiles.read(inputs.stream().map(NamedFile::parse).toList(), served.signature()).tensors();
      int given = rows.stream().filter(t -> t.shape().rank() > 0).mapToInt(t -> t.shape().first()).min().orElse(1);
      if (given == 0) {
        throw new UsageException("--input has no rows");
      }
      int distinct = Math.min(DISTINCT_REQUESTS, Math.max(1, given / batch));
      for (int i = 0; i < distinct; i++) {
        requests.add(request(served, Batches.cut(rows, i * batch, batch)));
      }
    }
    boolean deterministic = !served.version().getStateful();
    return new LoadPlan(
        server, model, requests, streams, batch, inFlight, rate, seconds, warmUp, deterministic, serverOptions.timeout);
  }

  private static PredictionRequest request(ServedModel served, List<ArrayTensor> inputs) {
    Tensor[] tensors = new Tensor[inputs.size()];
    for (int i = 0; i < tensors.length; i++) {
      tensors[i] = WireTensors.encode(served.signature().inputs().get(i).name(), inputs.get(i));
    }
    return PredictionRequest.of(tensors);
  }
}
