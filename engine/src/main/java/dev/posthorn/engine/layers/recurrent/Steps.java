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
  private final Recurrent layer;
  private final int batch;
  private final int time;
  private final boolean initialStates;
  private final @Nullable TensorSpec projected;
  private final TensorSpec row;
  private final List<TensorSpec> results;
  private final List<TensorSpec> sequence;

  Steps(Recurrent layer, CallSpec call) {
    this.layer = layer;
    TensorSpec input = call.input();
    batch = input.shape().first();
    time = input.shape().dim(1);
    initialStates = call.inputs().size() > 1;
    sequence = List.of(input);
    projected = layer.projection == null ? null : layer.projection.outputs(sequence).get(0);
    Shape features = (projected == null ? input : projected).shape();
    row = input.withShape(Shape.of(batch).append(features.slice(2, features.rank()).dims()));
    List<TensorSpec> inputs = new ArrayList<>();
    inputs.add(row);
    layer.stateSpecs.forEach(state -> inputs.add(state.withShape(state.shape().with(0, batch))));
    results = layer.step.outputs(inputs);
  }

  void run(Call call, boolean returnSequences, boolean returnState) {
    Tensor source = call.input(0);
    if (layer.projection != null && projected != null) {
      source = call.scratch(0, projected);
      call.run(layer.projection, List.of(call.input(0)), List.of(source));
    }
    Tensor step = call.scratch(1, row);
    // Two sets take turns: what one step writes the next one reads.
    List<Tensor> before = set(call, 2);
    List<Tensor> after = set(call, 2 + results.size());
    List<Tensor> evenInputs = inputs(step, before);
    List<Tensor> oddInputs = inputs(step, after);
    start(call, before);
    Tensor mask = call.mask(0);
    for (int i = 0; i < time; i++) {
      call.checkCancelled();
      int t = layer.backwards ? time - 1 - i : i;
      gather(source.floats(), t, step);
      List<Tensor> old = i % 2 == 0 ? before : after;
      List<Tensor> made = i % 2 == 0 ? after : before;
      call.run(layer.step, i % 2 == 0 ? evenInputs : oddInputs, made);
      if (mask != null) {
        undo(mask.booleans(), t, old, made);
      }
      if (returnSequences) {
        scatter(made.get(0).floats(), i, call.output(0));
      }
    }
    finish(call, time % 2 == 0 ? before : after, returnSequences, returnState);
  }

  private List<Tensor> set(Call call, int firstSlot) {
    List<Tensor> set = new ArrayList<>(results.size());
    for (int i = 0; i < results.size(); i++) {
      set.add(call.scratch(firstSlot + i, results.get(i)));
    }
    return set;
  }

  private static List<Tensor> inputs(Tensor step, List<Tensor> set) {
    List<Tensor> inputs = new ArrayList<>(set);
    inputs.set(0, step);
    return inputs;
  }

  private void start(Call call, List<Tensor> set) {
    Arrays.fill(set.get(0).floats(), 0, set.get(0).size(), 0);
    for (int i = 1; i < set.size(); i++) {
      Tensor state = set.get(i);
      if (initialStates) {
        System.arraycopy(call.input(i).floats(), 0, state.floats(), 0, state.size());
      } else if (!layer.states.isEmpty()) {
        System.arraycopy(call.state(layer.states.get(i - 1)).floats(), 0, state.floats(), 0, state.size());
      } else {
        Arrays.fill(state.floats(), 0, state.size(), 0);
      }
    }
  }

  private void finish(Call call, List<Tensor> last, boolean returnSequences, boolean returnState) {
    if (!returnSequences) {
      System.arraycopy(last.get(0).floats(), 0, call.output(0).floats(), 0, last.get(0).size());
    }
    for (int i = 1; i < last.size(); i++) {
      Tensor state = last.get(i);
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
    for (int r = 0; r < batch; r++) {
      System.arraycopy(source, (r * time + t) * width, step.floats(), r * width, width);
    }
  }

  private void scatter(float[] result, int i, Tensor output) {
    int width = output.size() / Math.max(1, batch * time);
    for (int r = 0; r < batch; r++) {
      System.arraycopy(result, r * width, output.floats(), (r * time + i) * width, width);
    }
  }

  /** Takes back what a step did to masked rows. */
  private void undo(boolean[] mask, int t, List<Tensor> old, List<Tensor> made) {
    for (int r = 0; r < batch; r++) {
      if (!mask[r * time + t]) {
        for (int i = 0; i < made.size(); i++) {
          int width = made.get(i).size() / batch;
          if (i == 0 && layer.zeroForMask) {
            Arrays.fill(made.get(0).floats(), r * width, (r + 1) * width, 0);
          } else {
            System.arraycopy(old.get(i).floats(), r * width, made.get(i).floats(), r * width, width);
          }
        }
      }
    }
  }
}
