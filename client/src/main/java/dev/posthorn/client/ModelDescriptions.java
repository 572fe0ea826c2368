package dev.posthorn.client;

import dev.posthorn.v1.LayerDescription;
import dev.posthorn.v1.ModelDescription;
import dev.posthorn.v1.Tensor;
import java.util.List;

/**
 * Models that a program sends as layers, weights and biases, for {@link Models#load(String, ModelDescription)}.
 *
 * <pre>{@code
 * client.models().load("tiny", ModelDescriptions.of(
 *     ModelDescriptions.dense(kernel1, bias1, "relu"),
 *     ModelDescriptions.dense(kernel2, bias2, "softmax")));
 * }</pre>
 */
public final class ModelDescriptions {

  private ModelDescriptions() {}

  /** Layers one after another; the weights tell their sizes. */
  public static ModelDescription of(LayerDescription... layers) {
    return ModelDescription.newBuilder().addAllLayers(List.of(layers)).build();
  }

  /** What Keras says of the model ({@code model.to_json()}) with the arrays of {@code model.get_weights()}, in that order. */
  public static ModelDescription ofKeras(String configJson, Tensor... weights) {
    return ModelDescription.newBuilder().setKerasConfigJson(configJson).addAllWeights(List.of(weights)).build();
  }

  /**
   * A Dense layer: {@code activation(x * kernel + bias)}.
   *
   * @param kernel shape {@code [inputs, units]}
   * @param bias one value a unit
   * @param activation as Keras names it: {@code relu, softmax, linear, ...}
   */
  public static LayerDescription dense(float[][] kernel, float[] bias, String activation) {
    return layer("Dense", Tensors.of("kernel", kernel), Tensors.of("bias", bias, bias.length)).toBuilder()
        .setActivation(activation)
        .build();
  }

  /** A layer of Keras by its class name, with its weights in the order of {@code get_weights()}. */
  public static LayerDescription layer(String className, Tensor... weights) {
    return LayerDescription.newBuilder().setClassName(className).addAllWeights(List.of(weights)).build();
  }
}
