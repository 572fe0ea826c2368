package dev.posthorn.spi;

/** A layer that applies a function to each element of its one input. */
public interface ElementWise extends Layer {
  Activation function();
}
