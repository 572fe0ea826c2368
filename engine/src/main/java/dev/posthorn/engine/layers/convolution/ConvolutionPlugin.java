package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;
import dev.posthorn.spi.LayerSpec;

/** keras.layers.convolutional: plain, grouped, depthwise, separable and transposed convolutions. */
public final class ConvolutionPlugin implements LayerPlugin {
  private static final int MAX_SPATIAL_AXES = 3;

  @Override
  public void register(LayerRegistry registry) {
    for (int n = 1; n <= MAX_SPATIAL_AXES; n++) {
      int axes = n;
      registry.layer("Conv" + n + "D", spec -> convolution(spec, axes));
      registry.layer(
          "Conv" + n + "DTranspose", spec -> new Transposed(spec, WindowSpec.convolution(spec, axes)));
      if (n < MAX_SPATIAL_AXES) {
        registry.layer("DepthwiseConv" + n + "D", spec -> new Depthwise(spec, WindowSpec.convolution(spec, axes)));
        registry.layer("SeparableConv" + n + "D", spec -> new Separable(spec, WindowSpec.convolution(spec, axes)));
      }
    }
  }

  private static Layer convolution(LayerSpec spec, int axes) {
    WindowSpec window = WindowSpec.convolution(spec, axes);
    int groups = spec.config().integer("groups", 1);
    return groups == 1 ? new Convolve(spec, window) : new GroupedConvolve(spec, window, groups);
  }
}
