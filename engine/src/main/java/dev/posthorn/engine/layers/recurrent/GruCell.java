package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.Derived;
import dev.posthorn.spi.LayerSpec;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * keras.layers.GRUCell: state h; gates z, r, h; h' = z h + (1 - z) act(candidate). The reset gate r is applied after the
 * recurrent product or, with {@code reset_after} false, before it.
 */
final class GruCell extends Cell {
  private static final int GATES = 3;

  private final Activation activation;
  private final Activation recurrentActivation;
  private final boolean resetAfter;
  private final @Nullable Derived<float[]> inputBias;
  private final @Nullable Derived<float[]> recurrentBias;

  GruCell(LayerSpec spec) {
    super(spec, GATES, 1, resetAfter(spec));
    resetAfter = resetAfter(spec);
    activation = activation(spec, "activation", "tanh");
    recurrentActivation = activation(spec, "recurrent_activation", "sigmoid");
    int width = GATES * units;
    inputBias = bias == null ? null : spec.derive(() -> Arrays.copyOf(bias.floats(), width));
    recurrentBias =
        bias == null || !resetAfter ? null : spec.derive(() -> Arrays.copyOfRange(bias.floats(), width, 2 * width));
  }

  /** Files of before Keras 3 that do not say mean false: the key came with the variant. */
  private static boolean resetAfter(LayerSpec spec) {
    return spec.config().flag("reset_after", !spec.kerasVersion().isBefore(3, 0));
  }

  @Override
  float @Nullable [] inputBias() {
    return inputBias == null ? null : inputBias.get();
  }

  @Override
  void advance(Call call, float[] projected, int rows) {
    int size = rows * units;
    float[] h = call.input(1).floats();
    float[] recurred = recur(call, 1, h, rows, recurrentBias == null ? null : recurrentBias.get());
    float[] gates = call.floats(2, 2 * size);
    sumGates(projected, recurred, gates, rows);
    activate(call, recurrentActivation, gates, 0, 2 * size);
    float[] candidate = call.output(0).floats();
    if (resetAfter) {
      candidate(projected, recurred, gates, candidate, rows);
    } else {
      float[] reset = call.floats(3, size);
      for (int i = 0; i < size; i++) {
        reset[i] = gates[size + i] * h[i];
      }
      candidate(projected, recur(call, 1, reset, rows, null), null, candidate, rows);
    }
    activate(call, activation, candidate, 0, size);
    for (int i = 0; i < size; i++) {
      candidate[i] = gates[i] * h[i] + (1 - gates[i]) * candidate[i];
    }
    System.arraycopy(candidate, 0, call.output(1).floats(), 0, size);
  }

  /** The sums of z and r, sorted by gate. */
  private void sumGates(float[] projected, float[] recurred, float[] gates, int rows) {
    for (int row = 0; row < rows; row++) {
      int from = row * GATES * units;
      for (int i = 0; i < units; i++) {
        gates[row * units + i] = projected[from + i] + recurred[from + i];
        gates[(rows + row) * units + i] = projected[from + units + i] + recurred[from + units + i];
      }
    }
  }

  private void candidate(
      float[] projected, float[] recurred, float @Nullable [] gates, float[] candidate, int rows) {
    for (int row = 0; row < rows; row++) {
      int from = (row * GATES + 2) * units;
      for (int i = 0; i < units; i++) {
        float reset = gates == null ? 1 : gates[(rows + row) * units + i];
        candidate[row * units + i] = projected[from + i] + reset * recurred[from + i];
      }
    }
  }
}
