package dev.posthorn.server.core;

import dev.posthorn.spi.InferenceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One batch of features to be answered by predictions.
 *
 * @param outputs names or aliases of the outputs wanted; empty: all
 * @param sequence whose state a stateful model goes on with; null: from zero
 * @param receiver told the end, exactly once
 */
public record PredictCall(
    ModelRef model,
    Inputs inputs,
    List<String> outputs,
    CallCancellation cancellation,
    @Nullable SequenceUse sequence,
    Receiver receiver) {

  /** Who waits for the answer. Called on whatever thread computed it; must be quick and must not throw. */
  public interface Receiver {
    void answered(Answer answer);

    void failed(InferenceException failure);
  }
}
