package dev.posthorn.examples.client;

import dev.posthorn.client.Answer;
import dev.posthorn.client.PosthornClient;
import dev.posthorn.client.PredictionRequest;
import dev.posthorn.client.PredictionStream;
import dev.posthorn.client.Tensors;
import java.util.Iterator;
import java.util.Random;
import java.util.stream.IntStream;

/** Many batches through one stream, of which one is wrong. Arguments: {@code HOST:PORT MODEL FEATURES}. */
public final class StreamRows {

  private static final int BATCHES = 1_000;
  private static final int WRONG = 500;

  private StreamRows() {}

  public static void main(String[] args) {
    int features = Integer.parseInt(args[2]);
    Random random = new Random(1);
    Iterator<PredictionRequest> batches =
        IntStream.range(0, BATCHES)
            .mapToObj(i -> PredictionRequest.of(Tensors.of(batch(random, 32, i == WRONG ? features + 1 : features))))
            .iterator();

    long rows = 0;
    long start = System.nanoTime();
    try (PosthornClient client = PosthornClient.connect(args[0]);
        PredictionStream stream = client.stream(args[1])) {
      for (Iterator<Answer> answers = stream.pipe(batches); answers.hasNext(); ) {
        Answer answer = answers.next();
        if (answer.failed()) {
          System.out.println("batch " + answer.index() + ": " + answer.error().orElseThrow().getMessage());
        } else {
          rows += answer.prediction().rows().length;
        }
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%d rows in %.2f s%n", rows, seconds);
  }

  private static float[][] batch(Random random, int rows, int features) {
    float[][] batch = new float[rows][features];
    for (float[] row : batch) {
      for (int i = 0; i < features; i++) {
        row[i] = random.nextFloat();
      }
    }
    return batch;
  }
}
