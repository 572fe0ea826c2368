package dev.posthorn.server.batching;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Cancellation;
import dev.posthorn.engine.Sequence;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through a {@link Batcher}.
 *
 * @param inputs in the model's order, checked against its signature
 * @param wanted indices of the outputs that will be answered
 * @param cancellation asked before the run and between layers
 * @param sequence the state to go on with; null: from zero
 * @param completion told the end, exactly once, on whatever thread computed it
 */
public record Job(
    List<ArrayTensor> inputs,
    List<Integer> wanted,
    Cancellation cancellation,
    @Nullable Sequence sequence,
    Completion completion) {

  /** What becomes of a job. Must not throw. */
  public interface Completion {
    /** The outputs in the model's order; the arrays belong to the receiver. */
    void done(List<ArrayTensor> outputs, Run run);

    void failed(Throwable cause);
  }

  /** The length of axis 0; 1 where no input has one. */
  public int rows() {
    for (ArrayTensor input : inputs) {
      if (input.shape().rank() > 0) {
        return input.shape().first();
      }
    }
    return 1;
  }

  /** Bytes of all inputs. */
  public long bytes() {
    long bytes = 0;
    for (ArrayTensor input : inputs) {
      bytes += (long) input.size() * input.dtype().bytes();
    }
    return bytes;
  }

  /** Whether rows of both may stand in one batch: same types, axes other than 0, and outputs wanted; no state. */
  boolean joins(Job other) {
    if (sequence != null || other.sequence != null || !wanted.equals(other.wanted)) {
      return false;
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (!sameRows(inputs.get(i).spec(), other.inputs.get(i).spec())) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameRows(TensorSpec a, TensorSpec b) {
    int rank = a.shape().rank();
    if (a.dtype() != b.dtype() || rank == 0 || rank != b.shape().rank()) {
      return false;
    }
    for (int axis = 1; axis < rank; axis++) {
      if (a.shape().dim(axis) != b.shape().dim(axis)) {
        return false;
      }
    }
    return true;
  }
}
