package dev.posthorn.engine;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.State;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A stateful model's memory between messages. Begins as zeros; row i of a batch continues row i of the one before. One
 * run at a time: not thread-safe.
 */
public final class Sequence {
  private final List<DeclaredState> states;
  private Map<State, ArrayTensor> current = Map.of();
  private int rows = -1;

  Sequence(List<DeclaredState> states) {
    this.states = states;
  }

  /** Rows of the batches so far; -1 before the first. */
  public int rows() {
    return rows;
  }

  /** Forgets everything: the next batch starts from zeros, with any number of rows. */
  public void reset() {
    rows = -1;
    current = Map.of();
  }

  /** A working copy for a run of that many rows. */
  Map<State, ArrayTensor> begin(int batchRows) {
    if (rows >= 0 && rows != batchRows) {
      throw new InferenceException(
          Reason.INVALID_INPUT_SHAPE,
          Map.of("expected", Integer.toString(rows), "actual", Integer.toString(batchRows)),
          "a sequence goes on with the rows that it began with: expected " + rows + " rows, got " + batchRows
              + " (reset_state begins anew)");
    }
    Map<State, ArrayTensor> copy = new IdentityHashMap<>();
    for (DeclaredState state : states) {
      ArrayTensor tensor =
          ArrayTensor.allocate(new dev.posthorn.spi.TensorSpec(state.dtype(), state.rowShape().prepend(batchRows)));
      ArrayTensor before = current.get(state);
      if (before != null) {
        System.arraycopy(before.array(), 0, tensor.array(), 0, tensor.size());
      }
      copy.put(state, tensor);
    }
    return copy;
  }

  /** Makes a run's copy the memory, once the run has succeeded. */
  void commit(Map<State, ArrayTensor> copy, int batchRows) {
    current = copy;
    rows = batchRows;
  }
}
