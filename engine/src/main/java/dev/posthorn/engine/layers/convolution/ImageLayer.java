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
import dev.posthorn.spi.Epilogue;
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
  private static final int BLOCK_NUMBERS = 16 * 1024;
  private static final int BLOCK_CELLS = 48;

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
  public final void forward(Call call, Epilogue epilogue) {
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
        image(call, prepared, epilogue, x, image * from, y, image * to);
      } else {
        Object loaded = ScratchArray.of(call, IMAGE, input.dtype(), from);
        Object result = ScratchArray.of(call, RESULT, output.dtype(), to);
        turn.load(x, image * from, loaded);
        image(call, prepared, epilogue, loaded, 0, result, 0);
        turn.store(result, y, image * to);
      }
    }
    if (turn != null) {
      Rows.activate(call, activation, output, output.shape().last());
      epilogue.apply(call, 0, output.size());
    }
  }

  /** One image, in parts that stay in the cache until all is done to them. */
  private void image(Call call, Prepared prepared, Epilogue epilogue, Object x, int from, Object y, int to) {
    Object plan = prepared.plan();
    boolean finish = prepared.turn() == null;
    int rows = rows(plan);
    if (rows == 0 || !(y instanceof float[] floats)) {
      image(call, plan, x, from, y, to);
      int size = cells(plan) * filters;
      if (finish && y instanceof float[] all) {
        finish(call, all, to, to + size, false, epilogue);
      } else if (finish) {
        finish((double[]) y, to, to + size);
      }
      return;
    }
    int row = cells(plan) / rows * filters;
    int block = Math.max(1, Math.max(BLOCK_NUMBERS, BLOCK_CELLS * filters) / Math.max(1, row));
    for (int first = 0; first < rows; first += block) {
      int end = Math.min(rows, first + block);
      rows(call, plan, (float[]) x, from, floats, to, first, end);
      if (finish) {
        finish(call, floats, to + first * row, to + end * row, true, epilogue);
      }
    }
  }

  private void finish(Call call, float[] y, int from, int to, boolean rectified, Epilogue epilogue) {
    if (!activation.isIdentity() && !(rectified && activation.isRelu())) {
      int step = activation.scope() == Activation.Scope.ELEMENT ? to - from : filters;
      for (int at = from; at < to; at += step) {
        activation.apply(call.kernels(), y, at, at + step);
      }
    }
    epilogue.apply(call, from, to);
  }

  private void finish(double[] y, int from, int to) {
    int step = activation.scope() == Activation.Scope.ELEMENT ? to - from : filters;
    for (int at = from; at < to; at += step) {
      activation.apply(y, at, at + step);
    }
  }

  /** The cells of the output. */
  abstract int cells(Object plan);

  /** How many rows of the output {@link #rows(Call, Object, float[], int, float[], int, int, int)} knows; 0: none. */
  int rows(Object plan) {
    return 0;
  }

  /** Convolves some rows of one image in float32, channels last; adds the bias and applies the activation if it is relu. */
  void rows(Call call, Object plan, float[] x, int from, float[] y, int to, int first, int end) {
    throw new IllegalStateException("this layer knows whole images only");
  }

  /** The activation that kernels apply on the way. */
  final Activation onTheWay() {
    return activation.isRelu() ? activation : Rows.identity();
  }

  /** Convolves one image, channels last, and adds the bias. */
  abstract void image(Call call, Object plan, Object x, int from, Object y, int to);
}
