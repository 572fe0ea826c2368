package dev.posthorn.engine.layers.attention;

import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;
import dev.posthorn.spi.Masking;

/** Registers attention layers and EinsumDense, which they are made of. */
public final class AttentionPlugin implements LayerPlugin {
  @Override
  public void register(LayerRegistry registry) {
    registry.layer("EinsumDense", spec -> new EinsumDense(spec, Masking.DROP));
    registry.layer(MultiHeadAttention.PROJECTION, spec -> new EinsumDense(spec, Masking.PASS));
    registry.composite("MultiHeadAttention", MultiHeadAttention::new);
    registry.operation(Attend.MODULE, Attend.NAME, Attend::new);
    registry.layer("Attention", spec -> new Attention(spec, Scores.of(spec)));
    registry.layer("AdditiveAttention", spec -> new Attention(spec, Scores.additive(spec)));
  }
}
