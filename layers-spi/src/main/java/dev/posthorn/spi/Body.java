package dev.posthorn.spi;

import java.util.List;

/** A part of a model that a layer runs by itself: {@link LayerSpec#body}, {@link Call#run}. */
public interface Body {
  /** Types and shapes of what a run gives. */
  List<TensorSpec> outputs();

  /** What a run gives for inputs of these types and shapes. */
  List<TensorSpec> outputs(List<TensorSpec> inputs);

  /** Whether each row is computed independently of the others. */
  boolean rowsIndependent();
}
