package dev.posthorn.spi;

import java.util.Optional;

/** A layer that is y = activation(x kernel + bias) over the last axis; what follows it may be fused into it. */
public interface Affine extends Layer {
  Matrix kernel();

  Optional<Weight> bias();

  Activation activation();
}
