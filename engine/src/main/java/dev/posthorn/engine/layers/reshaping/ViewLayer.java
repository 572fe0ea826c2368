package dev.posthorn.engine.layers.reshaping;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.StridedCopy;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import java.util.function.Function;

/** A layer whose output is another view of each row's elements: any type, axis 0 untouched. */
record ViewLayer(int rank, Function<View, View> view) implements RowLayer {
  /** A layer that takes inputs of that rank only; 0: of any. */
  static ViewLayer of(int rank, Function<View, View> view) {
    return new ViewLayer(rank, view);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    if (rank != 0 && call.input().shape().rank() != rank) {
      throw call.error("expected %d axes, got shape %s", rank, call.input().shape());
    }
    try {
      return List.of(call.input().withShape(view.apply(View.of(call.input().shape())).shape()));
    } catch (IllegalArgumentException impossible) {
      throw call.error("shape %s does not fit: %s", call.input().shape(), String.valueOf(impossible.getMessage()));
    }
  }

  @Override
  public Object prepare(CallSpec call) {
    return StridedCopy.gather(view.apply(View.of(call.input().shape().with(0, 1))));
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    Shape shape = input.shape();
    int rows = shape.first();
    int inputRow = shape.product(1, shape.rank());
    int outputRow = output.shape().product(1, output.shape().rank());
    call.prepared(StridedCopy.class)
        .runRows(RawArray.of(input), inputRow, RawArray.of(output), outputRow, rows);
  }

  @Override
  public Masking masking() {
    return Masking.DROP;
  }

  @Override
  public boolean castsInputs() {
    return false;
  }
}
