package dev.posthorn.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model or a body as calls of layers on symbolic tensors.
 *
 * @param nodes in an order in which they can run
 * @param composites what calls of composites gave, for tracing
 */
record Graph(
    List<GraphTensor> inputs,
    List<Node> nodes,
    List<GraphTensor> outputs,
    List<CompositeCall> composites) {

  /**
   * What a call of a composite gave.
   *
   * @param lastNode how many nodes precede its end
   */
  record CompositeCall(
      LayerScope scope,
      int callIndex,
      int lastNode,
      List<GraphTensor> outputs,
      List<@Nullable GraphTensor> masks) {}
}
