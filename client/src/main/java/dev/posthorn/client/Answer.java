package dev.posthorn.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one message of a {@link PredictionStream}: a prediction, or why there is none. Immutable.
 *
 * <p>A message that fails ends nothing: the stream goes on, and its error is this answer.
 */
public final class Answer {

  private final long index;
  private final String requestId;
  private final @Nullable Prediction prediction;
  private final @Nullable PosthornException error;

  Answer(long index, String requestId, @Nullable Prediction prediction, @Nullable PosthornException error) {
    this.index = index;
    this.requestId = requestId;
    this.prediction = prediction;
    this.error = error;
  }

  /** Which message of the stream this answers, from 0: what {@code send} returned. */
  public long index() {
    return index;
  }

  /** The request's id, empty if it had none. */
  public String requestId() {
    return requestId;
  }

  /** Whether there is an error instead of a prediction. */
  public boolean failed() {
    return error != null;
  }

  /** Why this message has no prediction. */
  public Optional<PosthornException> error() {
    return Optional.ofNullable(error);
  }

  /** The prediction; throws the error if it failed. */
  public Prediction prediction() {
    if (prediction == null) {
      throw error == null ? new IllegalStateException("neither prediction nor error") : error;
    }
    return prediction;
  }

  @Override
  public String toString() {
    return "Answer " + index + (error == null ? "" : ": " + error.reason() + ": " + error.getMessage());
  }
}
