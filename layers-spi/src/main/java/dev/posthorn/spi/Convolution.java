package dev.posthorn.spi;

import java.util.Optional;

/** A convolution whose channels are the last axis of its output; what follows it may be fused into it. */
public interface Convolution extends Layer {
  Optional<Weight> bias();

  Activation activation();

  /** Whether the channels are the last axis. */
  boolean channelsLast();

  /** Computes the output and applies the epilogue to each part of it exactly once, if the channels are the last axis. */
  void forward(Call call, Epilogue epilogue);

  @Override
  default void forward(Call call) {
    forward(call, Epilogue.NONE);
  }
}
