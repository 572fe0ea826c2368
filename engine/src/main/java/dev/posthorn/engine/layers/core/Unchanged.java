package dev.posthorn.engine.layers.core;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Identity;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/**
 * A layer that does nothing at inference: keras.layers.Identity, Dropout and its kin, GaussianNoise,
 * ActivityRegularization.
 */
record Unchanged() implements Identity, RowLayer {
  static Unchanged of(LayerSpec spec) {
    spec.config()
        .ignore(
            "rate", "noise_shape", "data_format", "stddev", "l1", "l2", "mode", "factor", "fill_mode", "fill_value",
            "height_factor", "width_factor", "interpolation", "value_range");
    return new Unchanged();
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input());
  }

  @Override
  public void forward(Call call) {
    RawArray.copy(call.input(0), call.output(0));
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }

  @Override
  public boolean castsInputs() {
    return false;
  }
}
