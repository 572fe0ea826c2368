package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The loop of a {@link StepRecurrent} for inputs of known lengths. */
final class Steps {
  private final StepRecurrent layer;
  private final int batch;
  private final int time;
  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;

  Steps(StepRecurrent layer, CallSpec call) {
    this.layer = layer;
    TensorSpec input = call.input();
    batch = input.shape().first();
    time = input.shape().dim(1);
    inputs = new ArrayList<>();
    inputs.add(input.withShape(input.shape().slice(2, input.shape().rank()).prepend(batch)));
    inputs.addAll(layer.states(batch));
    outputs = layer.step.outputs(inputs);
  }

  void run(Call call) {
    // What goes into a step: its row of the input and the states; what comes out: the output and the new states.
    List<Tensor> into = call.scratch(0, inputs);
    List<Tensor> from = call.scratch(inputs.size(), outputs);
    boolean every = layer.returnSequences;
    Tensor last = every ? call.scratch(2 * inputs.size(), outputs.get(0)) : call.output(0);
    Arrays.fill(last.floats(), 0, last.size(), 0);
    layer.start(call, into, 1);
    Tensor mask = call.mask(0);
    for (int i = 0; i < time; i++) {
      call.checkCancelled();
      int t = layer.backwards ? time - 1 - i : i;
      gather(call.input(0).floats(), t, into.get(0));
      call.run(layer.step, into, from);
      keep(mask == null ? null : mask.booleans(), t, from, into, last);
      if (every) {
        scatter(last.floats(), i, call.output(0));
      }
    }
    layer.finish(call, into, 1);
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
