package dev.posthorn.examples.client;

import dev.posthorn.client.PosthornClient;
import dev.posthorn.client.PosthornException;
import java.util.Arrays;

/** One call: rows of features in, probabilities out. Arguments: {@code HOST:PORT MODEL}. */
public final class PredictIris {

  private PredictIris() {}

  public static void main(String[] args) {
    float[][] flowers = {{5.1f, 3.5f, 1.4f, 0.2f}, {6.7f, 3.1f, 4.7f, 1.5f}, {6.3f, 3.3f, 6.0f, 2.5f}};
    try (PosthornClient client = PosthornClient.connect(args[0])) {
      for (float[] probabilities : client.predict(args[1], flowers)) {
        System.out.println(Arrays.toString(probabilities));
      }
    } catch (PosthornException e) {
      System.err.println(e.reason() + ": " + e.getMessage() + " " + e.metadata());
    }
  }
}
