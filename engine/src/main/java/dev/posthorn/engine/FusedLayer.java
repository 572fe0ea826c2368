package dev.posthorn.engine;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.ElementWise;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.ScaleShift;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A layer and what follows it element by element, done in place while the output is still in the cache. */
record FusedLayer(Layer main, List<Layer> epilogues) implements Layer {
  FusedLayer {
    epilogues = List.copyOf(epilogues);
  }

  static FusedLayer of(Layer layer, Layer next) {
    List<Layer> all = new ArrayList<>(layer instanceof FusedLayer fused ? fused.epilogues : List.of());
    all.add(next);
    return new FusedLayer(layer instanceof FusedLayer fused ? fused.main : layer, all);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return main.outputs(call);
  }

  @Override
  public void forward(Call call) {
    main.forward(call);
    Tensor y = call.output(0);
    for (int i = 0; i < epilogues.size(); i++) {
      Layer epilogue = epilogues.get(i);
      if (epilogue instanceof ScaleShift scaleShift) {
        apply(scaleShift.scale(), scaleShift.shift(), y);
      } else {
        ApplyActivation.applyInPlace(((ElementWise) epilogue).function(), call.kernels(), y);
      }
    }
  }

  private static void apply(float[] scale, float[] shift, Tensor y) {
    float[] values = y.floats();
    int channels = y.shape().last();
    int size = y.size();
    if (scale.length == 1 && shift.length == 1) {
      for (int i = 0; i < size; i++) {
        values[i] = values[i] * scale[0] + shift[0];
      }
      return;
    }
    for (int from = 0; from < size; from += channels) {
      for (int c = 0; c < channels; c++) {
        values[from + c] = values[from + c] * scale[scale.length == 1 ? 0 : c] + shift[shift.length == 1 ? 0 : c];
      }
    }
  }

  @Override
  public @Nullable Object prepare(CallSpec call) {
    return main.prepare(call);
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return main.rowsIndependent(call);
  }

  @Override
  public Masking masking() {
    return main.masking();
  }

  @Override
  public @Nullable Shape maskShape(CallSpec call) {
    return main.maskShape(call);
  }

  @Override
  public boolean supports(DType dtype) {
    return main.supports(dtype);
  }
}
