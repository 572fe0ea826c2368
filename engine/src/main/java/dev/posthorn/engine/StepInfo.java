package dev.posthorn.engine;

import java.util.List;

/**
 * A step of a plan.
 *
 * @param kernel what computes it
 * @param layers the layers that were fused into it
 */
public record StepInfo(String kernel, List<String> layers) {
  public StepInfo {
    layers = List.copyOf(layers);
  }
}
