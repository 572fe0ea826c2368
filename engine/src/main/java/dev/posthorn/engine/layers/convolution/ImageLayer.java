package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.engine.layers.Rows;
import dev.posthorn.engine.layers.WindowSpec;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Convolution;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Weight;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all convolutions share: one image after the other, channels last, then the activation. */
abstract class ImageLayer implements Convolution, RowLayer {
  private static final int IMAGE = 10;
  private static final int RESULT = 11;

  final WindowSpec window;
  final int filters;
  private final Activation activation;
  private Optional<Weight> bias = Optional.empty();

  ImageLayer(LayerSpec spec, WindowSpec window, int filters) {
    this.window = window;
    this.filters = filters;
    spec.config().ignore("lora_rank", "lora_alpha");
    if (spec.config().value("quantization_config") != null) {
      throw spec.unsupported("a quantized kernel");
    }
    activation = spec.activation("activation");
    if (activation.outputLength(filters) != filters) {
      throw spec.unsupported("an activation that changes the number of channels");
    }
  }

  /** Declares the bias, after the kernels. */
  final void declareBias(LayerSpec spec) {
    bias =
        spec.config().flag("use_bias", true)
            ? Optional.of(spec.weight("bias", Shape.of(filters)))
            : Optional.empty();
  }

  /** The channels of the input. */
  static int channels(LayerSpec spec, WindowSpec window) {
    int channels = window.channels(spec.input().shape());
    if (channels == Shape.UNKNOWN) {
      throw spec.error("expected a known number of channels, got shape %s", spec.input().shape());
    }
    return channels;
  }

  @Override
  public final Optional<Weight> bias() {
    return bias;
  }

  @Override
  public final Activation activation() {
    return activation;
  }

  @Override
  public final boolean channelsLast() {
    return !window.channelsFirst();
  }

  /** The shape of the output. */
  abstract Shape output(CallSpec call);

  @Override
  public final List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input().withShape(output(call)));
  }

  /** What one image needs that depends on its lengths alone. */
  abstract Object plan(CallSpec call);

  /** The plan of an image, and how to bring it to channels last and back. */
  private record Prepared(Object plan, @Nullable ChannelsLast turn) {}

  @Override
  public final Object prepare(CallSpec call) {
    Shape input = call.input().shape().with(0, 1);
    Shape output = output(call).with(0, 1);
    return new Prepared(plan(call), window.channelsFirst() ? ChannelsLast.of(input, output) : null);
  }

  @Override
  public final void forward(Call call) {
    Prepared prepared = call.prepared(Prepared.class);
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    int images = input.shape().first();
    if (images == 0 || output.size() == 0) {
      return;
    }
    int from = input.size() / images;
    int to = output.size() / images;
    Object x = RawArray.of(input);
    Object y = RawArray.of(output);
    ChannelsLast turn = prepared.turn();
    for (int image = 0; image < images; image++) {
      call.checkCancelled();
      if (turn == null) {
        image(call, prepared.plan(), x, image * from, y, image * to);
      } else {
        Object loaded = ScratchArray.of(call, IMAGE, input.dtype(), from);
        Object result = ScratchArray.of(call, RESULT, output.dtype(), to);
        turn.load(x, image * from, loaded);
        image(call, prepared.plan(), loaded, 0, result, 0);
        turn.store(result, y, image * to);
      }
    }
    if (turn != null || !activates()) {
      Rows.activate(call, activation, output, output.shape().last());
    }
  }

  /** Whether {@link #image} applies {@link #inner} itself. */
  boolean activates() {
    return false;
  }

  /** The activation that {@link #image} may apply: none with channels first, as rows are rows of the output. */
  final Activation inner() {
    return window.channelsFirst() ? Rows.identity() : activation;
  }

  /** Convolves one image, channels last, and adds the bias. */
  abstract void image(Call call, Object plan, Object x, int from, Object y, int to);
}
