package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.LayerSpec;
import org.jspecify.annotations.Nullable;

/** keras.layers.LSTMCell: states h and c; gates i, f, c, o; c' = f c + i act(g), h' = o act(c'). */
final class LstmCell extends Cell {
  private static final int GATES = 4;

  private final Activation activation;
  private final Activation recurrentActivation;
  private final boolean usual;

  LstmCell(LayerSpec spec) {
    super(spec, GATES, 2, false);
    activation = activation(spec, "activation", "tanh");
    recurrentActivation = activation(spec, "recurrent_activation", "sigmoid");
    usual = isUsual(activation, recurrentActivation);
  }

  @Override
  float @Nullable [] inputBias() {
    return bias == null ? null : bias.floats();
  }

  @Override
  void advance(Call call, float[] projected, int from, int rows) {
    float[] h = call.output(1).floats();
    float[] c = call.output(2).floats();
    float[] recurred = recur(call, h, rows, null);
    if (usual) {
      call.kernels().recurrences().lstm(rows, units, projected, from, recurred, 0, c, h);
      return;
    }
    int size = rows * units;
    float[] gates = call.floats(2, GATES * size);
    Gates.sum(projected, from, recurred, gates, rows, units, GATES, GATES);
    activate(call, recurrentActivation, gates, 0, 2 * size);
    activate(call, activation, gates, 2 * size, 3 * size);
    activate(call, recurrentActivation, gates, 3 * size, 4 * size);
    for (int i = 0; i < size; i++) {
      c[i] = gates[size + i] * c[i] + gates[i] * gates[2 * size + i];
    }
    System.arraycopy(c, 0, h, 0, size);
    activate(call, activation, h, 0, size);
    for (int i = 0; i < size; i++) {
      h[i] *= gates[3 * size + i];
    }
  }
}
