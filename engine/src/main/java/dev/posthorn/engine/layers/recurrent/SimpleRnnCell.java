package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.LayerSpec;
import org.jspecify.annotations.Nullable;

/** keras.layers.SimpleRNNCell: h' = act(x W + b + h U). */
final class SimpleRnnCell extends Cell {
  private final Activation activation;

  SimpleRnnCell(LayerSpec spec) {
    super(spec, 1, 1, false);
    activation = activation(spec, "activation", "tanh");
  }

  @Override
  float @Nullable [] inputBias() {
    return bias == null ? null : bias.floats();
  }

  @Override
  void advance(Call call, float[] projected, int from, int rows) {
    float[] h = call.output(1).floats();
    float[] recurred = recur(call, h, rows, null);
    int size = rows * units;
    for (int i = 0; i < size; i++) {
      h[i] = projected[from + i] + recurred[i];
    }
    activate(call, activation, h, 0, size);
  }
}
