package dev.posthorn.engine;

import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** A plan's tensors and calls for inputs of exactly these shapes. */
final class Frame {
  final Layout layout;
  final List<Shape> shapes;
  final ArrayTensor[] tensors;
  final StepCall[] calls;
  final List<TensorSpec> outputs;
  long lastUse;

  Frame(Layout layout, List<Shape> shapes, ArrayTensor[] tensors, StepCall[] calls, List<TensorSpec> outputs) {
    this.layout = layout;
    this.shapes = shapes;
    this.tensors = tensors;
    this.calls = calls;
    this.outputs = outputs;
  }

  boolean fits(List<? extends ArrayTensor> inputs) {
    for (int i = 0; i < shapes.size(); i++) {
      if (!shapes.get(i).equals(inputs.get(i).shape())) {
        return false;
      }
    }
    return true;
  }
}
