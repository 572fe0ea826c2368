package dev.posthorn.spi;

/** Something computed once from a layer's weights: {@link LayerSpec#derive}. */
@FunctionalInterface
public interface Derived<T> {
  /**
   * The result.
   *
   * @throws IllegalStateException before the weights are bound
   */
  T get();
}
