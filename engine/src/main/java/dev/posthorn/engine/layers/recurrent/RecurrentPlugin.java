package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;
import java.util.List;

/** Registers recurrent layers, their cells and the wrappers over time. */
public final class RecurrentPlugin implements LayerPlugin {
  @Override
  public void register(LayerRegistry registry) {
    registry.layer("RNN", spec -> Recurrent.of(spec, spec.sub("cell"), CellKind.of(spec.config().value("cell"), spec)));
    registry.layer("LSTM", spec -> Recurrent.of(spec, "LSTMCell", List.of("activation", "recurrent_activation")));
    registry.layer("GRU",
        spec -> Recurrent.of(spec, "GRUCell", List.of("activation", "recurrent_activation", "reset_after")));
    registry.layer("SimpleRNN", spec -> Recurrent.of(spec, "SimpleRNNCell", List.of("activation")));
    registry.layer("LSTMCell", LstmCell::new);
    registry.layer("GRUCell", GruCell::new);
    registry.layer("SimpleRNNCell", SimpleRnnCell::new);
    registry.composite("StackedRNNCells", StackedCells::new);
    registry.composite("Bidirectional", Bidirectional::new);
    registry.operation(MergeDirections.MODULE, MergeDirections.NAME, MergeDirections::new);
    registry.layer("TimeDistributed", TimeDistributed::new);
  }
}
