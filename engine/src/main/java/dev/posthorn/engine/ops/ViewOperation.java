package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.StridedCopy;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An operation whose result is another view of the input's elements: transposed, sliced, flipped, repeated. */
record ViewOperation(Mapping mapping, @Nullable Reshaping reshaping) implements Operation {
  /** The view, which may depend on the call's arguments. */
  @FunctionalInterface
  interface Mapping {
    /** @throws IllegalArgumentException if the shape does not fit */
    View of(CallSpec call, View input);
  }

  /** The shape of the result where it joins axes of the view. */
  @FunctionalInterface
  interface Reshaping {
    Shape of(CallSpec call);
  }

  private View view(CallSpec call, Shape shape) {
    try {
      return mapping.of(call, View.of(shape));
    } catch (IllegalArgumentException | IndexOutOfBoundsException unfit) {
      throw call.error("shape %s does not fit: %s", shape, String.valueOf(unfit.getMessage()));
    }
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Reshaping joined = reshaping;
    View view = view(call, call.input().shape());
    return List.of(call.input().withShape(joined == null ? view.shape() : joined.of(call)));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return view(call, call.input().shape()).rowsKept();
  }

  /** A copy of one row, or of everything. */
  private record Plan(StridedCopy copy, boolean perRow) {}

  @Override
  public Object prepare(CallSpec call) {
    Shape shape = call.input().shape();
    boolean perRow = rowsIndependent(call);
    return new Plan(StridedCopy.gather(view(call, perRow ? shape.with(0, 1) : shape)), perRow);
  }

  @Override
  public void forward(Call call) {
    Plan plan = call.prepared(Plan.class);
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    if (output.size() == 0) {
      return;
    }
    if (plan.perRow()) {
      int rows = input.shape().first();
      plan.copy().runRows(RawArray.of(input), input.size() / rows, RawArray.of(output), output.size() / rows, rows);
    } else {
      plan.copy().run(RawArray.of(input), 0, RawArray.of(output), 0);
    }
  }
}
