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
  void advance(Call call, float[] projected, int rows) {
    float[] recurred = recur(call, 1, call.input(1).floats(), rows, null);
    float[] h = call.output(0).floats();
    int size = rows * units;
    for (int i = 0; i < size; i++) {
      h[i] = projected[i] + recurred[i];
    }
    activate(call, activation, h, 0, size);
    System.arraycopy(h, 0, call.output(1).floats(), 0, size);
  }
}
