package dev.posthorn.client;

import dev.posthorn.v1.PredictResponse;
import dev.posthorn.v1.Tensor;
import dev.posthorn.v1.Timing;
import java.util.List;

/**
 * What a model answered to one batch.
 *
 * @param model the model's name
 * @param version the version that answered
 * @param outputs in the model's order, each with its name; {@link TensorReader} turns them into arrays
 * @param requestId the request's
 * @param timing all zero unless it was asked for
 */
public record Prediction(String model, long version, List<Tensor> outputs, String requestId, Timing timing) {

  public Prediction {
    outputs = List.copyOf(outputs);
  }

  static Prediction of(PredictResponse response) {
    return new Prediction(
        response.getModel(), response.getVersion(), response.getOutputsList(), response.getRequestId(), response.getTiming());
  }

  /** The only output; {@link IllegalStateException} where there are several. */
  public Tensor output() {
    if (outputs.size() != 1) {
      throw new IllegalStateException("expected one output, got " + names() + ": ask for one by name");
    }
    return outputs.get(0);
  }

  /** The output of this name; {@link IllegalArgumentException} where there is none. */
  public Tensor output(String name) {
    for (Tensor output : outputs) {
      if (output.getName().equals(name)) {
        return output;
      }
    }
    throw new IllegalArgumentException("no output '" + name + "' among " + names());
  }

  /** The rows of the only output: shape {@code [rows, values]}. */
  public float[][] rows() {
    return TensorReader.float2d(output());
  }

  private List<String> names() {
    return outputs.stream().map(Tensor::getName).toList();
  }
}
