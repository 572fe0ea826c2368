package dev.posthorn.server.core;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Port;
import dev.posthorn.server.batching.ArrayPool;
import dev.posthorn.server.batching.Run;
import java.util.List;

/**
 * The predictions for one call.
 *
 * @param version the one that answered
 * @param outputs those wanted, in the model's order
 */
public record Answer(String model, long version, List<Output> outputs, Run run, ArrayPool arrays) {

  /** A named output. */
  public record Output(Port port, ArrayTensor tensor) {}

  /** Gives the arrays back: nobody may use the outputs any more. Optional, and at most once. */
  public void release() {
    for (Output output : outputs) {
      arrays.give(output.tensor());
    }
  }
}
