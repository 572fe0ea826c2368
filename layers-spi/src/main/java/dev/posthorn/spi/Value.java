package dev.posthorn.spi;

/** A symbolic tensor inside a {@link Composite}. Carries its Keras mask along, if it has one. */
public interface Value {
  TensorSpec spec();

  boolean hasMask();
}
