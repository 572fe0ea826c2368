package dev.posthorn.engine;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.State;

/** A declared state; compared by identity. */
final class DeclaredState implements State {
  private final String name;
  private final Shape rowShape;
  private final DType dtype;

  DeclaredState(String name, Shape rowShape, DType dtype) {
    this.name = name;
    this.rowShape = rowShape;
    this.dtype = dtype;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Shape rowShape() {
    return rowShape;
  }

  @Override
  public DType dtype() {
    return dtype;
  }
}
