package dev.posthorn.engine.keras;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import java.util.Optional;

/**
 * An input of a model that is spelled out.
 *
 * @param name empty: as Keras would name it
 * @param dtype empty: float32, or what the first layer takes
 * @param shape with the batch axis; empty: what the weights tell
 */
public record SpelledInput(String name, Optional<DType> dtype, Optional<Shape> shape) {}
