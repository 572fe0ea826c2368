package dev.posthorn.engine;

import dev.posthorn.spi.Addition;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Convolution;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.ElementWise;
import dev.posthorn.spi.Epilogue;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.ScaleShift;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer and what follows it element by element, done in place while the output is still in the cache.
 *
 * @param epilogues what follows, in order
 */
record FusedLayer(Layer main, List<Follower> epilogues) implements Layer, Epilogue {
  /**
   * A ScaleShift, an ElementWise or an Addition.
   *
   * @param input the input of the call that an Addition adds
   */
  record Follower(Layer layer, int input) {
    boolean isRelu() {
      return layer instanceof ElementWise elements && elements.function().isRelu();
    }
  }

  FusedLayer {
    epilogues = List.copyOf(epilogues);
  }

  static FusedLayer of(Layer layer, Layer next, int input) {
    List<Follower> all = new ArrayList<>(layer instanceof FusedLayer fused ? fused.epilogues : List.of());
    all.add(new Follower(next, input));
    return new FusedLayer(layer instanceof FusedLayer fused ? fused.main : layer, all);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return main.outputs(call);
  }

  @Override
  public void forward(Call call) {
    if (main instanceof Convolution convolution) {
      convolution.forward(call, this);
    } else {
      main.forward(call);
      apply(call, 0, call.output(0).size());
    }
  }

  @Override
  public void apply(Call call, int from, int to) {
    Tensor y = call.output(0);
    float[] values = y.floats();
    for (int i = 0; i < epilogues.size(); i++) {
      Follower follower = epilogues.get(i);
      float low = i + 1 < epilogues.size() && epilogues.get(i + 1).isRelu() ? 0 : Float.NEGATIVE_INFINITY;
      switch (follower.layer) {
        case ScaleShift scaleShift -> {
          scaleShift(call, scaleShift.scale(), scaleShift.shift(), values, y.shape().last(), from, to, low);
          i += low == 0 ? 1 : 0;
        }
        case Addition addition -> {
          float[] other = call.input(follower.input).floats();
          call.kernels().channels().add(values, from, other, from, values, from, to - from, low);
          i += low == 0 ? 1 : 0;
        }
        default -> ((ElementWise) follower.layer).function().apply(call.kernels(), values, from, to);
      }
    }
  }

  private static void scaleShift(
      Call call, float[] scale, float[] shift, float[] y, int channels, int from, int to, float low) {
    if (scale.length == channels && shift.length == channels) {
      call.kernels()
          .channels()
          .scaleShift(y, from, y, from, (to - from) / channels, channels, scale, shift, low);
      return;
    }
    for (int i = from; i < to; i++) {
      int c = (i - from) % channels;
      y[i] = Math.max(y[i] * scale[scale.length == 1 ? 0 : c] + shift[shift.length == 1 ? 0 : c], low);
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
