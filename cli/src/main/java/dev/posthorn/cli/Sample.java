package dev.posthorn.cli;

import dev.posthorn.cli.bench.Batches;
import dev.posthorn.cli.files.WireTensors;
import dev.posthorn.client.Answer;
import dev.posthorn.client.PosthornClient;
import dev.posthorn.client.PredictionRequest;
import dev.posthorn.client.PredictionStream;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.Comparison;
import dev.posthorn.engine.keras.Npy;
import dev.posthorn.v1.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A sample data set.
 *
 * @param input rows for the model's only input
 * @param expected what Keras made of them
 */
record Sample(ArrayTensor input, ArrayTensor expected) {
  private static final int MESSAGE_ROWS = 8;
  private static final int SHOWN = 3;
  private static final int FAST_ROWS = 256;
  private static final long WARM_UP_NANOS = 500_000_000;
  private static final long MEASURED_NANOS = 1_500_000_000;
  private static final double NANOS_PER_SECOND = 1e9;

  static Sample read(Path folder) {
    return new Sample(
        Npy.read(folder.resolve("input.npy"), Budget.DEFAULT), Npy.read(folder.resolve("expected.npy"), Budget.DEFAULT));
  }

  int rows() {
    return input.shape().first();
  }

  /**
   * What came of streaming the sample.
   *
   * @param difference the largest |got - expected| / (1 + |expected|)
   * @param lines some predictions, for people
   */
  record Streamed(int messages, double difference, List<String> lines) {}

  /** Sends the rows in small messages through one stream. */
  Streamed stream(PosthornClient client, String model) {
    List<String> labels = labels(client, model);
    List<PredictionRequest> requests = new ArrayList<>();
    for (int from = 0; from < rows(); from += MESSAGE_ROWS) {
      requests.add(request(from, Math.min(MESSAGE_ROWS, rows() - from)));
    }
    double difference = 0;
    List<String> lines = new ArrayList<>();
    try (PredictionStream stream = client.stream(model)) {
      Iterator<Answer> answers = stream.pipe(requests.iterator());
      int from = 0;
      while (answers.hasNext()) {
        ArrayTensor got = WireTensors.decode(answers.next().prediction().output());
        ArrayTensor wanted = Batches.cut(List.of(expected), from, got.shape().first()).get(0);
        difference = Math.max(difference, Comparison.of(wanted, got, 0, 0).error());
        for (int row = 0; row < got.shape().first() && lines.size() < SHOWN; row++) {
          lines.add(line(from + row, got, wanted, row, labels));
        }
        from += got.shape().first();
      }
    }
    return new Streamed(requests.size(), difference, lines);
  }

  private static List<String> labels(PosthornClient client, String model) {
    TensorInfo output = ServedModel.get(client, model).version().getSignature().getOutputs(0);
    return List.copyOf(output.getLabelsList());
  }

  private PredictionRequest request(int from, int rows) {
    return PredictionRequest.of(WireTensors.encode("", Batches.cut(List.of(input), from, rows).get(0)));
  }

  private static String line(int number, ArrayTensor got, ArrayTensor wanted, int row, List<String> labels) {
    int columns = got.size() / got.shape().first();
    int best = IntStream.range(0, columns).reduce(0, (a, b) -> got.floats()[row * columns + b] > got.floats()[row * columns + a] ? b : a);
    String label = labels.size() == columns ? "  -> " + labels.get(best) : "";
    return "row " + number + ": " + numbers(got, row, columns) + label + "   Keras: " + numbers(wanted, row, columns);
  }

  private static String numbers(ArrayTensor tensor, int row, int columns) {
    List<String> numbers = new ArrayList<>();
    for (int i = row * columns; i < (row + 1) * columns; i++) {
      numbers.add(String.format(Locale.ROOT, "%.6f", tensor.floats()[i]));
    }
    return String.join(" ", numbers);
  }

  /** How many rows one stream answers, the sample repeated, after a short warm-up. */
  double rowsPerSecond(PosthornClient client, String model) {
    PredictionRequest request = request(0, FAST_ROWS);
    pump(client, model, request, WARM_UP_NANOS);
    return pump(client, model, request, MEASURED_NANOS);
  }

  private static double pump(PosthornClient client, String model, PredictionRequest request, long nanos) {
    long begin = System.nanoTime();
    long answered = 0;
    try (PredictionStream stream = client.stream(model)) {
      Iterator<Answer> answers = stream.pipe(new Iterator<>() {
        @Override
        public boolean hasNext() {
          return System.nanoTime() - begin < nanos;
        }

        @Override
        public PredictionRequest next() {
          return request;
        }
      });
      while (answers.hasNext()) {
        answered += answers.next().prediction().output().getShape(0);
      }
    }
    return answered / ((System.nanoTime() - begin) / NANOS_PER_SECOND);
  }
}
