package dev.posthorn.engine;

import dev.posthorn.spi.Shape;
import java.util.List;

/**
 * A layer of a loaded model.
 *
 * @param name nested models: {@code outer/inner}
 * @param registeredName empty: built into Keras
 * @param plugin the plug-in that supplied it; empty: built in
 * @param inputs the layers or inputs that its first call takes
 * @param outputShape of its first call's first output
 */
public record LayerInfo(
    String name,
    String className,
    String registeredName,
    String plugin,
    List<String> inputs,
    Shape outputShape,
    long parameters) {
  public LayerInfo {
    inputs = List.copyOf(inputs);
  }
}
