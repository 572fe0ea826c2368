package dev.posthorn.engine;

import dev.posthorn.spi.Layer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of a layer.
 *
 * @param scope the layer's place in the model; null for what the engine inserts itself, such as casts
 * @param label for messages
 * @param masks of the inputs, null where there is none
 * @param outputMask a mask that the layer computes
 * @param layers the layers that are computed here: more than one after fusion
 */
record Node(
    @Nullable LayerScope scope,
    String label,
    Layer layer,
    NodeCall call,
    List<GraphTensor> inputs,
    List<@Nullable GraphTensor> masks,
    List<GraphTensor> outputs,
    @Nullable GraphTensor outputMask,
    int callIndex,
    List<String> layers) {

  Node with(List<GraphTensor> otherInputs, List<@Nullable GraphTensor> otherMasks) {
    return new Node(
        scope, label, layer, call, otherInputs, otherMasks, outputs, outputMask, callIndex, layers);
  }

  Node with(Layer otherLayer, List<GraphTensor> otherOutputs, List<String> otherLayers) {
    return new Node(
        scope, label, otherLayer, call, inputs, masks, otherOutputs, outputMask, callIndex, otherLayers);
  }
}
