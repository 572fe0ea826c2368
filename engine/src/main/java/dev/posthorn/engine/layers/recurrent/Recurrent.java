package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Body;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.State;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * keras.layers.RNN, and LSTM, GRU and SimpleRNN as such: runs a cell along axis 1 of (batch, time, features...). Further
 * inputs are initial states. A masked step repeats the last output, or gives zero with {@code zero_output_for_mask}, and
 * leaves the states alone.
 */
final class Recurrent implements Layer {
  private final boolean returnSequences;
  private final boolean returnState;
  final boolean backwards;
  final boolean zeroForMask;
  final List<TensorSpec> stateSpecs;
  final List<State> states = new ArrayList<>();
  final @Nullable Body projection;
  final Body step;
  private final TensorSpec stepOutput;

  private Recurrent(LayerSpec spec, SubLayer cell, CellKind kind) {
    Config config = spec.config();
    config.ignore(
        "unroll", "implementation", "use_cudnn", "unit_forget_bias", "dropout", "recurrent_dropout", "input_length",
        "input_dim");
    if (config.flag("time_major", false)) {
      throw spec.unsupported("time_major");
    }
    returnSequences = config.flag("return_sequences", false);
    returnState = config.flag("return_state", false);
    backwards = config.flag("go_backwards", false);
    zeroForMask = config.flag("zero_output_for_mask", false);
    Shape input = spec.input().shape();
    if (input.rank() < 3) {
      throw spec.error("expected an input of shape (batch, time, features), got %s", input);
    }
    stateSpecs = kind.stateSizes().stream().map(n -> TensorSpec.of(spec.dtype(), Shape.UNKNOWN, n)).toList();
    if (config.flag("stateful", false)) {
      for (int i = 0; i < stateSpecs.size(); i++) {
        Shape row = stateSpecs.get(i).shape().slice(1, 2);
        states.add(spec.state("state_" + i, row, spec.dtype()));
      }
    }
    TensorSpec sequence = new TensorSpec(spec.dtype(), input.with(0, Shape.UNKNOWN).with(1, Shape.UNKNOWN));
    projection = kind.projects() ? projection(spec, cell, sequence) : null;
    TensorSpec row =
        projection == null
            ? sequence.withShape(Shape.of(Shape.UNKNOWN).append(input.slice(2, input.rank()).dims()))
            : TensorSpec.of(spec.dtype(), Shape.UNKNOWN, projection.outputs().get(0).shape().last());
    step = step(spec, cell, row);
    List<TensorSpec> outputs = step.outputs();
    if (outputs.size() != 1 + stateSpecs.size()) {
      throw spec.error("expected the cell to give an output and %d states, got %d tensors",
          stateSpecs.size(), outputs.size());
    }
    stepOutput = outputs.get(0);
  }

  /** An RNN around any cell. */
  static Recurrent of(LayerSpec spec, SubLayer cell, CellKind kind) {
    return new Recurrent(spec, cell, kind);
  }

  /** A layer whose constructor makes the cell, of the layer's own config. */
  static Recurrent of(LayerSpec spec, String cellClass, List<String> cellKeys) {
    Config config = spec.config();
    Map<String, @Nullable Object> cell = new LinkedHashMap<>();
    cell.put("units", config.integer("units"));
    cell.put("use_bias", config.flag("use_bias", true));
    for (String key : cellKeys) {
      if (config.keys().contains(key)) {
        cell.put(key, config.value(key));
      }
    }
    Map<String, ?> object = Map.of("class_name", cellClass, "config", cell);
    return new Recurrent(spec, spec.sub("cell", cellClass, cell), CellKind.of(object, spec));
  }

  private static Body projection(LayerSpec spec, SubLayer cell, TensorSpec sequence) {
    return spec.body(
        (calls, inputs) -> calls.call(cell, List.of(inputs.get(0)), Map.of(Cell.PART, Cell.PROJECT)),
        List.of(sequence));
  }

  private Body step(LayerSpec spec, SubLayer cell, TensorSpec row) {
    List<TensorSpec> inputs = new ArrayList<>();
    inputs.add(row);
    inputs.addAll(stateSpecs);
    Map<String, ?> keywords = projection == null ? Map.of() : Map.of(Cell.PART, Cell.STEP);
    return spec.body((calls, values) -> calls.call(cell, values, keywords), inputs);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape input = call.input().shape();
    int given = call.inputs().size() - 1;
    if (!call.argument(-1, "constants").isNone()) {
      throw call.error("constants are not supported");
    }
    if (given != 0 && given != stateSpecs.size()) {
      throw call.error("expected %d initial states, got %d", stateSpecs.size(), given);
    }
    for (int i = 0; i < given; i++) {
      Shape state = call.inputs().get(i + 1).shape();
      if (!stateSpecs.get(i).shape().accepts(state)) {
        throw call.error("expected initial state %d of shape %s, got %s", i, stateSpecs.get(i).shape(), state);
      }
    }
    int batch = input.first();
    Shape row = stepOutput.shape().slice(1, stepOutput.shape().rank());
    Shape output = returnSequences ? row.prepend(input.dim(1)).prepend(batch) : row.prepend(batch);
    List<TensorSpec> all = new ArrayList<>();
    all.add(stepOutput.withShape(output));
    if (returnState) {
      stateSpecs.forEach(state -> all.add(state.withShape(state.shape().with(0, batch))));
    }
    return all;
  }

  @Override
  public Object prepare(CallSpec call) {
    return new Steps(this, call);
  }

  @Override
  public void forward(Call call) {
    call.prepared(Steps.class).run(call, returnSequences, returnState);
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return step.rowsIndependent() && (projection == null || projection.rowsIndependent());
  }

  @Override
  public Masking masking() {
    return returnSequences ? Masking.PASS : Masking.DROP;
  }
}
