package dev.posthorn.engine.layers.activations;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import java.util.Map;

/** The layers that apply an activation by name: Activation, and Lambda around a registered function. */
public final class ActivationLayers {
  private ActivationLayers() {}

  /** A layer that applies it. */
  public static Layer of(Activation activation) {
    return activation.scope() == Activation.Scope.ELEMENT
        ? new ElementLayer(activation)
        : new LastAxisLayer(activation);
  }

  /**
   * Lambda: its Python code is never run, but a function that was registered under its name stands in for it.
   *
   * @throws dev.posthorn.spi.InferenceException UNSUPPORTED for an anonymous function
   */
  static Layer lambda(LayerSpec spec) {
    Config config = spec.config();
    config.ignore("mask", "output_shape", "function_type", "module", "output_shape_type", "output_shape_module");
    Object function = config.value("function");
    boolean named =
        function instanceof String
            || function instanceof Map<?, ?> object && !"__lambda__".equals(object.get("class_name"));
    if (!named || "lambda".equals(config.value("function_type"))) {
      throw spec.unsupported(
          "a Python lambda (its code is never run; register the function with"
              + " keras.saving.register_keras_serializable, supply an activation of that name by a plug-in, and save"
              + " the model again)");
    }
    if (config.value("arguments") instanceof Map<?, ?> arguments && !arguments.isEmpty()) {
      throw spec.unsupported("Lambda with arguments %s", arguments.keySet());
    }
    return of(spec.activation("function"));
  }
}
