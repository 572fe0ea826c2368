package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The loop of a {@link Recurrent} for inputs of known lengths. */
final class Steps {
  private static final int INPUT_SLOT = 1;

  private final Recurrent layer;
  private final int batch;
  private final int time;
  private final boolean initialStates;
  private final List<TensorSpec> projected;
  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;
  private List<Tensor> sequence = List.of();

  Steps(Recurrent layer, CallSpec call) {
    this.layer = layer;
    TensorSpec input = call.input();
    batch = input.shape().first();
    time = input.shape().dim(1);
    initialStates = call.inputs().size() > 1;
    projected = layer.projection == null ? List.of() : layer.projection.outputs(List.of(input));
    Shape features = (projected.isEmpty() ? input : projected.get(0)).shape();
    inputs = new ArrayList<>();
    inputs.add(input.withShape(features.slice(2, features.rank()).prepend(batch)));
    layer.stateSpecs.forEach(state -> inputs.add(state.withShape(state.shape().with(0, batch))));
    outputs = layer.step.outputs(inputs);
  }

  void run(Call call, boolean returnSequences, boolean returnState) {
    Tensor source = project(call);
    // What goes into a step: its row of the input and the states; what comes out: the output and the new states.
    List<Tensor> into = call.scratch(INPUT_SLOT, inputs);
    List<Tensor> from = call.scratch(INPUT_SLOT + inputs.size(), outputs);
    Tensor last = returnSequences ? call.scratch(INPUT_SLOT + 2 * inputs.size(), outputs.get(0)) : call.output(0);
    Arrays.fill(last.floats(), 0, last.size(), 0);
    start(call, into);
    Tensor mask = call.mask(0);
    for (int i = 0; i < time; i++) {
      call.checkCancelled();
      int t = layer.backwards ? time - 1 - i : i;
      gather(source.floats(), t, into.get(0));
      call.run(layer.step, into, from);
      keep(mask == null ? null : mask.booleans(), t, from, into, last);
      if (returnSequences) {
        scatter(last.floats(), i, call.output(0));
      }
    }
    finish(call, into, returnState);
  }

  private Tensor project(Call call) {
    if (layer.projection == null) {
      return call.input(0);
    }
    List<Tensor> results = call.scratch(0, projected);
    if (sequence.isEmpty()) {
      sequence = List.of(call.input(0));
    }
    call.run(layer.projection, sequence, results);
    return results.get(0);
  }

  private void start(Call call, List<Tensor> into) {
    for (int i = 1; i < into.size(); i++) {
      Tensor state = into.get(i);
      if (initialStates) {
        System.arraycopy(call.input(i).floats(), 0, state.floats(), 0, state.size());
      } else if (!layer.states.isEmpty()) {
        System.arraycopy(call.state(layer.states.get(i - 1)).floats(), 0, state.floats(), 0, state.size());
      } else {
        Arrays.fill(state.floats(), 0, state.size(), 0);
      }
    }
  }

  private void finish(Call call, List<Tensor> into, boolean returnState) {
    for (int i = 1; i < into.size(); i++) {
      Tensor state = into.get(i);
      if (returnState) {
        System.arraycopy(state.floats(), 0, call.output(i).floats(), 0, state.size());
      }
      if (!layer.states.isEmpty()) {
        System.arraycopy(state.floats(), 0, call.state(layer.states.get(i - 1)).floats(), 0, state.size());
      }
    }
  }

  private void gather(float[] source, int t, Tensor step) {
    int width = step.size() / Math.max(1, batch);
    for (int row = 0; row < batch; row++) {
      System.arraycopy(source, (row * time + t) * width, step.floats(), row * width, width);
    }
  }

  private void scatter(float[] result, int i, Tensor output) {
    int width = output.size() / Math.max(1, batch * time);
    for (int row = 0; row < batch; row++) {
      System.arraycopy(result, row * width, output.floats(), (row * time + i) * width, width);
    }
  }

  /** Takes over what a step gave, but for masked rows. */
  private void keep(boolean @Nullable [] mask, int t, List<Tensor> from, List<Tensor> into, Tensor last) {
    for (int i = 0; i < from.size(); i++) {
      float[] made = from.get(i).floats();
      float[] kept = i == 0 ? last.floats() : into.get(i).floats();
      int size = from.get(i).size();
      if (mask == null) {
        System.arraycopy(made, 0, kept, 0, size);
        continue;
      }
      int width = size / batch;
      for (int row = 0; row < batch; row++) {
        if (mask[row * time + t]) {
          System.arraycopy(made, row * width, kept, row * width, width);
        } else if (i == 0 && layer.zeroForMask) {
          Arrays.fill(kept, row * width, (row + 1) * width, 0);
        }
      }
    }
  }
}
