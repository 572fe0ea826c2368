package dev.posthorn.spi;

/** A declared state of a stateful layer: {@link LayerSpec#state}, {@link Call#state}. */
public interface State {
  String name();

  Shape rowShape();

  DType dtype();
}
