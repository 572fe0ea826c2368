package dev.posthorn.spi;

/** Makes a composite from what the model file says of it; mostly a constructor reference. */
@FunctionalInterface
public interface CompositeFactory {
  /**
   * Reads the config and declares sub-layers.
   *
   * @throws InferenceException if the config cannot be served
   */
  Composite create(LayerSpec spec);
}
