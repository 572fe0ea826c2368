package dev.posthorn.examples.client;

import static dev.posthorn.client.ModelDescriptions.dense;

import dev.posthorn.client.ModelDescriptions;
import dev.posthorn.client.PosthornClient;
import dev.posthorn.v1.ModelDescription;
import dev.posthorn.v1.ModelVersion;
import java.util.Arrays;

/**
 * A model that exists only in this program, as layers, weights and biases: exclusive or. Argument: {@code HOST:PORT} of a server
 * started with {@code --admin}.
 */
public final class SendModel {

  private SendModel() {}

  public static void main(String[] args) {
    float[][] hiddenKernel = {{1, 1}, {1, 1}};
    float[] hiddenBias = {0, -1};
    float[][] outputKernel = {{1}, {-2}};
    float[] outputBias = {0};
    ModelDescription xor =
        ModelDescriptions.of(dense(hiddenKernel, hiddenBias, "relu"), dense(outputKernel, outputBias, "linear"));

    try (PosthornClient client = PosthornClient.connect(args[0])) {
      ModelVersion version = client.models().load("xor", xor);
      System.out.println("xor version " + version.getVersion() + ", " + version.getParameters() + " parameters");

      float[][] questions = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
      float[][] answers = client.predict("xor", questions);
      for (int i = 0; i < questions.length; i++) {
        System.out.println(Arrays.toString(questions[i]) + " -> " + answers[i][0]);
      }
      client.models().unload("xor");
    }
  }
}
