package dev.posthorn.engine.layers.activations;

import dev.posthorn.spi.Function;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;

/** The functions of keras.activations and the layers that apply them. */
public final class ActivationsPlugin implements LayerPlugin {
  /** The constants of selu (Klambauer et al. 2017). */
  static final double SELU_ALPHA = 1.6732632423543772848170429916717;

  static final double SELU_SCALE = 1.0507009873554804934193349852946;

  @Override
  public void register(LayerRegistry registry) {
    register(registry, Function.EXP, 0, 0, "exponential");
    register(registry, Function.TANH, 0, 0, "tanh");
    register(registry, Function.SIGMOID, 0, 0, "sigmoid");
    register(registry, Function.SOFTPLUS, 0, 0, "softplus");
    register(registry, Function.LOG_SIGMOID, 0, 0, "log_sigmoid");
    register(registry, Function.SILU, 0, 0, "silu", "swish");
    register(registry, Function.GELU, 0, 0, "gelu");
    register(registry, Function.MISH, 0, 0, "mish");
    register(registry, Function.ELU, 1, 0, "elu");
    register(registry, Function.SELU, SELU_ALPHA, SELU_SCALE, "selu");
    register(registry, Function.CELU, 1, 0, "celu");
    register(registry, Function.RELU, 0, 0, "relu");
    register(registry, Function.LEAKY_RELU, 0.2, 0, "leaky_relu");
    register(registry, Function.HARD_SIGMOID, 1 / 6.0, 0.5, "hard_sigmoid");
    register(registry, Function.HARD_SIGMOID, 0.2, 0.5, "hard_sigmoid@2");
    register(registry, Function.HARD_SIGMOID, 0.5, 0.5, "sparse_sigmoid");
    register(registry, Function.HARD_SILU, 1 / 6.0, 0.5, "hard_silu", "hard_swish");
    register(registry, Function.CLIP, 0, 6, "relu6");
    register(registry, Function.CLIP, -1, 1, "hard_tanh");
    register(registry, Function.SOFTSIGN, 0, 0, "softsign");
    register(registry, Function.HARD_SHRINK, 0.5, 0, "hard_shrink");
    register(registry, Function.SOFT_SHRINK, 0.5, 0, "soft_shrink");
    register(registry, Function.TANH_SHRINK, 0, 0, "tanh_shrink");
    register(registry, Function.THRESHOLD, 0, 0, "threshold");
    register(registry, Function.SQUAREPLUS, 4, 0, "squareplus");
    register(registry, Function.SPARSE_PLUS, 0, 0, "sparse_plus");
    registry.activation("linear", new Linear());
    registry.activation("softmax", RowFunction.SOFTMAX);
    registry.activation("log_softmax", RowFunction.LOG_SOFTMAX);
    registry.activation("glu", RowFunction.GLU);
    registry.activation("sparsemax", RowFunction.SPARSEMAX);

    registry.layer("ReLU", spec -> new ElementLayer(Rectifiers.relu(spec)));
    registry.layer("LeakyReLU", spec -> new ElementLayer(Rectifiers.leakyRelu(spec)));
    registry.layer("ThresholdedReLU", spec -> new ElementLayer(Rectifiers.thresholdedRelu(spec)));
    registry.layer("ELU", spec -> new ElementLayer(Rectifiers.elu(spec)));
    registry.layer("PReLU", PReLU::new);
    registry.layer("Softmax", Softmax::new);
    registry.layer("Activation", spec -> ActivationLayers.of(spec.activation("activation")));
    registry.layer("Lambda", ActivationLayers::lambda);
  }

  private static void register(LayerRegistry registry, Function function, double a, double b, String... names) {
    for (String name : names) {
      registry.activation(name, new ElementFunction(function, a, b));
    }
  }
}
