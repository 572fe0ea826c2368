package dev.posthorn.spi;

/** Makes a layer from what the model file says of it; mostly a constructor reference. */
@FunctionalInterface
public interface LayerFactory {
  /**
   * Reads the config and declares weights, states and sub-layers.
   *
   * @throws InferenceException if the config cannot be served
   */
  Layer create(LayerSpec spec);
}
