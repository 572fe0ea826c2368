package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.engine.layers.activations.ElementFunction;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Weight;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a recurrent layer: (x, states...) to (y, states...), each of shape (batch, units). With the keyword {@link
 * #SEQUENCE} it goes along a whole one, (batch, time, features), and y is (batch, units) or, with {@link #EVERY_STEP},
 * (batch, time, units).
 */
abstract sealed class Cell implements Layer permits LstmCell, GruCell, SimpleRnnCell {
  static final String SEQUENCE = "sequence";
  static final String EVERY_STEP = "every_step";
  static final String BACKWARDS = "backwards";
  static final String ZERO_FOR_MASK = "zero_for_mask";

  /** Slots of scratch memory from here on are not used by cells. */
  static final int FREE_SLOT = 4;

  private static final int PROJECTED = 0;
  private static final int RECURRED = 1;

  /** The numbers of one row at one step: gates * units. */
  final int width;

  final int units;
  final int states;
  final Matrix recurrent;
  final @Nullable Weight bias;
  private final TensorSpec output;
  private final Matrix kernel;
  private final Activation identity;

  Cell(LayerSpec spec, int gates, int states, boolean twoBiases) {
    spec.config().ignore("dropout", "recurrent_dropout", "implementation", "unit_forget_bias");
    this.states = states;
    units = spec.config().integer("units");
    output = TensorSpec.of(spec.dtype(), Shape.UNKNOWN, units);
    identity = spec.activationNamed("linear");
    int features = spec.input().shape().last();
    width = gates * units;
    kernel = spec.matrix(spec.weight("kernel", Shape.of(features, width)), features, width);
    recurrent = spec.matrix(spec.weight("recurrent_kernel", Shape.of(units, width)), units, width);
    boolean useBias = spec.config().flag("use_bias", true);
    bias = useBias ? spec.weight("bias", twoBiases ? Shape.of(2, width) : Shape.of(width)) : null;
  }

  static Activation activation(LayerSpec spec, String key, String otherwise) {
    return spec.config().keys().contains(key) ? spec.activation(key) : spec.activationNamed(otherwise);
  }

  static boolean flag(CallSpec call, String keyword) {
    return Boolean.TRUE.equals(call.argument(-1, keyword).value());
  }

  /** The bias of the projection of the input. */
  abstract float @Nullable [] inputBias();

  /**
   * Goes one step on and replaces the states, which are in outputs 1, 2, ...; the first of them is the output.
   *
   * @param projected the projected inputs: {@link #width} numbers for each row, from {@code from} on
   */
  abstract void advance(Call call, float[] projected, int from, int rows);

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape input = call.input().shape();
    int rank = flag(call, SEQUENCE) ? 3 : 2;
    if (input.rank() != rank) {
      throw call.error("expected an input of %d axes, got shape %s", rank, input);
    }
    if (call.inputs().size() != 1 + states) {
      throw call.error("expected an input and %d states, got %d tensors", states, call.inputs().size());
    }
    for (TensorSpec state : call.inputs().subList(1, 1 + states)) {
      if (!output.shape().accepts(state.shape())) {
        throw call.error("expected states of shape %s, got %s", output.shape(), state.shape());
      }
    }
    TensorSpec known = output.withShape(output.shape().with(0, input.first()));
    List<TensorSpec> all = new ArrayList<>();
    all.add(flag(call, EVERY_STEP) ? output.withShape(input.with(2, units)) : known);
    for (int i = 0; i < states; i++) {
      all.add(known);
    }
    return all;
  }

  @Override
  public @Nullable Object prepare(CallSpec call) {
    return flag(call, SEQUENCE) ? SequenceLoop.of(call) : null;
  }

  @Override
  public void forward(Call call) {
    for (int i = 1; i <= states; i++) {
      System.arraycopy(call.input(i).floats(), 0, call.output(i).floats(), 0, call.output(i).size());
    }
    if (flag(call.spec(), SEQUENCE)) {
      call.prepared(SequenceLoop.class).run(call, this);
      return;
    }
    int rows = call.input(0).shape().first();
    advance(call, project(call, call.input(0).floats(), 0, rows), 0, rows);
    System.arraycopy(call.output(1).floats(), 0, call.output(0).floats(), 0, rows * units);
  }

  /** The projected inputs, {@link #width} numbers for each of the rows that begin at {@code from}. */
  final float[] project(Call call, float[] x, int from, int rows) {
    float[] projected = call.floats(PROJECTED, rows * width);
    call.kernels().affine(x, from, rows, kernel, inputBias(), identity, projected, 0);
    return projected;
  }

  /** The recurrent part of all gates, a row behind the other. */
  final float[] recur(Call call, float[] h, int rows, float @Nullable [] recurrentBias) {
    float[] result = call.floats(RECURRED, rows * width);
    call.kernels().affine(h, 0, rows, recurrent, recurrentBias, identity, result, 0);
    return result;
  }

  /** Applies an activation to values of whole rows of units. */
  final void activate(Call call, Activation activation, float[] values, int from, int to) {
    if (activation.scope() == Activation.Scope.ELEMENT) {
      activation.apply(call.kernels(), values, from, to);
      return;
    }
    for (int row = from; row < to; row += units) {
      activation.apply(call.kernels(), values, row, row + units);
    }
  }

  /** Whether the kernels know the whole step: sigmoid gates and tanh. */
  static boolean isUsual(Activation activation, Activation recurrentActivation) {
    return ElementFunction.of(Function.TANH).equals(activation)
        && ElementFunction.of(Function.SIGMOID).equals(recurrentActivation);
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }
}
