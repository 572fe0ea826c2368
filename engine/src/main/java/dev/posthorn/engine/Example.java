package dev.posthorn.engine;

import java.util.Map;

/**
 * Inputs of a model and the outputs that it must give for them: |got - expected| at most atol + rtol |expected|.
 *
 * @param inputs by name or alias
 * @param outputs by name or alias
 */
public record Example(
    Map<String, ArrayTensor> inputs, Map<String, ArrayTensor> outputs, double rtol, double atol) {
  public static final double RTOL = 1e-4;
  public static final double ATOL = 1e-5;

  public Example {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
  }
}
