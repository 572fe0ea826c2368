package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.State;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * keras.layers.RNN, and LSTM, GRU and SimpleRNN as such: runs a cell along axis 1 of (batch, time, features...). Further
 * inputs are initial states. A masked step repeats the last output, or gives zero with {@code zero_output_for_mask}, and
 * leaves the states alone.
 */
abstract sealed class Recurrent implements Layer permits SequenceRecurrent, StepRecurrent {
  final boolean returnSequences;
  final boolean returnState;
  final boolean backwards;
  final boolean zeroForMask;
  final List<TensorSpec> stateSpecs;
  private final List<State> states = new ArrayList<>();

  Recurrent(LayerSpec spec, CellKind kind) {
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
    if (spec.input().shape().rank() < 3) {
      throw spec.error("expected an input of shape (batch, time, features), got %s", spec.input().shape());
    }
    stateSpecs = kind.stateSizes().stream().map(n -> TensorSpec.of(spec.dtype(), Shape.UNKNOWN, n)).toList();
    if (config.flag("stateful", false)) {
      for (int i = 0; i < stateSpecs.size(); i++) {
        Shape row = stateSpecs.get(i).shape().slice(1, 2);
        states.add(spec.state("state_" + i, row, spec.dtype()));
      }
    }
  }

  /** An RNN around any cell. */
  static Recurrent of(LayerSpec spec, SubLayer cell, CellKind kind) {
    return kind.goesAlongSequences()
        ? new SequenceRecurrent(spec, cell, kind)
        : new StepRecurrent(spec, cell, kind);
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
    return of(spec, spec.sub("cell", cellClass, cell), CellKind.of(object, spec));
  }

  /** The whole input with unknown batch and time. */
  static TensorSpec sequence(LayerSpec spec) {
    return new TensorSpec(spec.dtype(), spec.input().shape().with(0, Shape.UNKNOWN).with(1, Shape.UNKNOWN));
  }

  /** The shape of a row of the cell's output. */
  abstract Shape outputRow();

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
    Shape row = outputRow();
    Shape output = returnSequences ? row.prepend(input.dim(1)).prepend(batch) : row.prepend(batch);
    List<TensorSpec> all = new ArrayList<>();
    all.add(stateSpecs.get(0).withShape(output));
    if (returnState) {
      all.addAll(states(batch));
    }
    return all;
  }

  /** The states of that many rows. */
  final List<TensorSpec> states(int batch) {
    return stateSpecs.stream().map(state -> state.withShape(state.shape().with(0, batch))).toList();
  }

  /** Writes what the states begin with into the tensors from {@code first} on. */
  final void start(Call call, List<Tensor> values, int first) {
    for (int i = 0; i < stateSpecs.size(); i++) {
      Tensor value = values.get(first + i);
      if (call.inputCount() > 1) {
        System.arraycopy(call.input(1 + i).floats(), 0, value.floats(), 0, value.size());
      } else if (!states.isEmpty()) {
        System.arraycopy(call.state(states.get(i)).floats(), 0, value.floats(), 0, value.size());
      } else {
        Arrays.fill(value.floats(), 0, value.size(), 0);
      }
    }
  }

  /** Gives away what the states end with. */
  final void finish(Call call, List<Tensor> values, int first) {
    for (int i = 0; i < stateSpecs.size(); i++) {
      Tensor value = values.get(first + i);
      if (returnState) {
        System.arraycopy(value.floats(), 0, call.output(1 + i).floats(), 0, value.size());
      }
      if (!states.isEmpty()) {
        System.arraycopy(value.floats(), 0, call.state(states.get(i)).floats(), 0, value.size());
      }
    }
  }

  @Override
  public Masking masking() {
    return returnSequences ? Masking.PASS : Masking.DROP;
  }
}
