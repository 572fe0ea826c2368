package dev.posthorn.engine.ops;

import dev.posthorn.engine.layers.activations.AxisActivation;
import dev.posthorn.engine.layers.activations.ElementFunction;
import dev.posthorn.engine.layers.activations.LastAxisLayer;
import dev.posthorn.engine.layers.activations.RowFunction;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerRegistry;
import dev.posthorn.spi.LayerSpec;

/** The functions of keras.ops.nn. */
final class NeuralOps {
  private static final String NN = "keras.src.ops.nn";
  private static final String ACTIVATIONS = "keras.src.activations.activations";

  /** The constants of selu (Klambauer et al. 2017). */
  private static final double SELU_ALPHA = 1.6732632423543772;

  private static final double SELU_SCALE = 1.0507009873554805;

  private NeuralOps() {}

  /** Makes the function from the config of the node. */
  @FunctionalInterface
  private interface FunctionOf {
    Activation from(Config config);
  }

  static void register(LayerRegistry registry) {
    function(registry, "Sigmoid", c -> ElementFunction.of(Function.SIGMOID));
    function(registry, "Softplus", c -> ElementFunction.of(Function.SOFTPLUS));
    function(registry, "Softsign", c -> ElementFunction.of(Function.SOFTSIGN));
    function(registry, "Silu", c -> ElementFunction.of(Function.SILU));
    function(registry, "LogSigmoid", c -> ElementFunction.of(Function.LOG_SIGMOID));
    function(registry, "LeakyRelu", c -> new ElementFunction(Function.LEAKY_RELU, c.number("negative_slope", 0.2), 0));
    function(registry, "HardSigmoid", c -> new ElementFunction(Function.HARD_SIGMOID, 1 / 6.0, 0.5));
    function(registry, "SparseSigmoid", c -> new ElementFunction(Function.HARD_SIGMOID, 0.5, 0.5));
    function(registry, "HardSilu", c -> new ElementFunction(Function.HARD_SILU, 1 / 6.0, 0.5));
    function(registry, "Elu", c -> new ElementFunction(Function.ELU, c.number("alpha", 1), 0));
    function(registry, "Selu", c -> new ElementFunction(Function.SELU, SELU_ALPHA, SELU_SCALE));
    function(registry, "Celu", c -> new ElementFunction(Function.CELU, c.number("alpha", 1), 0));
    function(
        registry,
        "Gelu",
        c -> ElementFunction.of(c.flag("approximate", true) ? Function.GELU_TANH : Function.GELU));
    function(registry, "HardTanh", c -> new ElementFunction(Function.CLIP, -1, 1));
    function(registry, "HardShrink", c -> new ElementFunction(Function.HARD_SHRINK, c.number("threshold", 0.5), 0));
    function(registry, "SoftShrink", c -> new ElementFunction(Function.SOFT_SHRINK, c.number("threshold", 0.5), 0));
    function(registry, "TanhShrink", c -> ElementFunction.of(Function.TANH_SHRINK));
    function(registry, "SparsePlus", c -> ElementFunction.of(Function.SPARSE_PLUS));
    function(registry, "Squareplus", c -> new ElementFunction(Function.SQUAREPLUS, c.number("b", 4), 0));
    function(
        registry,
        "Threshold",
        c -> new ElementFunction(Function.THRESHOLD, c.number("threshold"), c.number("default_value")));
    registry.operation(NN, "Relu", spec -> UnaryOperation.of(spec, ElementFunction.of(Function.RELU), true));
    registry.operation(NN, "Relu6", spec -> UnaryOperation.of(spec, new ElementFunction(Function.CLIP, 0, 6), true));
    registry.operation(NN, "Softmax", spec -> along(spec, RowFunction.SOFTMAX));
    registry.operation(NN, "LogSoftmax", spec -> along(spec, RowFunction.LOG_SOFTMAX));
    registry.operation(NN, "Sparsemax", spec -> along(spec, RowFunction.SPARSEMAX));
    registry.operation(NN, "Glu", NeuralOps::glu);
    registry.operation(NN, "OneHot", OneHotOperation::new);
    registry.operation(
        ACTIVATIONS, "Mish", spec -> UnaryOperation.of(spec, ElementFunction.of(Function.MISH), false));
  }

  private static void function(LayerRegistry registry, String name, FunctionOf function) {
    registry.operation(NN, name, spec -> UnaryOperation.of(spec, function.from(spec.config()), false));
  }

  private static Layer along(LayerSpec spec, Activation function) {
    int axis = spec.config().integer("axis", -1);
    return spec.input().shape().axis(axis) == spec.input().shape().rank() - 1
        ? new LastAxisLayer(function)
        : new AxisActivation(function, axis);
  }

  private static Layer glu(LayerSpec spec) {
    int axis = spec.config().integer("axis", -1);
    if (spec.input().shape().axis(axis) != spec.input().shape().rank() - 1) {
      throw spec.unsupported("glu along axis %d", axis);
    }
    return new LastAxisLayer(RowFunction.GLU);
  }
}
