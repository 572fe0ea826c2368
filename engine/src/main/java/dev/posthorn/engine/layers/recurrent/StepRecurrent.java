package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Body;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A recurrent layer around any other cell, which is run step by step. */
final class StepRecurrent extends Recurrent {
  final Body step;

  StepRecurrent(LayerSpec spec, SubLayer cell, CellKind kind) {
    super(spec, kind);
    TensorSpec sequence = sequence(spec);
    Shape features = sequence.shape().slice(2, sequence.shape().rank());
    List<TensorSpec> inputs = new ArrayList<>();
    inputs.add(sequence.withShape(features.prepend(Shape.UNKNOWN)));
    inputs.addAll(stateSpecs);
    step = spec.body((calls, values) -> calls.call(cell, values, Map.of()), inputs);
    if (step.outputs().size() != 1 + stateSpecs.size()) {
      throw spec.error("expected the cell to give an output and %d states, got %d tensors",
          stateSpecs.size(), step.outputs().size());
    }
  }

  @Override
  Shape outputRow() {
    Shape output = step.outputs().get(0).shape();
    return output.slice(1, output.rank());
  }

  @Override
  public Object prepare(CallSpec call) {
    return new Steps(this, call);
  }

  @Override
  public void forward(Call call) {
    call.prepared(Steps.class).run(call);
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return step.rowsIndependent();
  }
}
