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
  private final boolean usual;
  private final @Nullable Derived<float[]> inputBias;
  private final @Nullable Derived<float[]> recurrentBias;

  GruCell(LayerSpec spec) {
    super(spec, GATES, 1, resetAfter(spec));
    resetAfter = resetAfter(spec);
    activation = activation(spec, "activation", "tanh");
    recurrentActivation = activation(spec, "recurrent_activation", "sigmoid");
    usual = resetAfter && isUsual(activation, recurrentActivation);
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
  void advance(Call call, float[] projected, int from, int rows) {
    int size = rows * units;
    float[] h = call.output(1).floats();
    float[] recurred = recur(call, h, rows, recurrentBias == null ? null : recurrentBias.get());
    if (usual) {
      call.kernels().recurrences().gru(rows, units, projected, from, recurred, 0, h);
      return;
    }
    float[] gates = call.floats(2, GATES * size);
    Gates.sum(projected, from, recurred, gates, rows, units, GATES, 2);
    activate(call, recurrentActivation, gates, 0, 2 * size);
    if (resetAfter) {
      candidate(projected, from, recurred, true, gates, rows);
    } else {
      float[] reset = call.floats(3, size);
      for (int i = 0; i < size; i++) {
        reset[i] = gates[size + i] * h[i];
      }
      candidate(projected, from, recur(call, reset, rows, null), false, gates, rows);
    }
    activate(call, activation, gates, 2 * size, 3 * size);
    for (int i = 0; i < size; i++) {
      h[i] = gates[i] * h[i] + (1 - gates[i]) * gates[2 * size + i];
    }
  }

  /** The sums of the candidate, behind the gates z and r. */
  private void candidate(
      float[] projected, int from, float[] recurred, boolean reset, float[] gates, int rows) {
    int size = rows * units;
    for (int row = 0; row < rows; row++) {
      int at = (row * GATES + 2) * units;
      for (int i = 0; i < units; i++) {
        int to = row * units + i;
        float factor = reset ? gates[size + to] : 1;
        gates[2 * size + to] = projected[from + at + i] + factor * recurred[at + i];
      }
    }
  }
}
