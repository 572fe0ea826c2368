package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Argument;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
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
 * One step of a recurrent layer: (x, states...) to (y, states...), each of shape (batch, units). A {@link Recurrent}
 * may split it by the keyword {@link #PART}: project the inputs of all steps in one matrix product, then go on from
 * there step by step.
 */
abstract sealed class Cell implements Layer permits LstmCell, GruCell, SimpleRnnCell {
  static final String PART = "part";
  static final String PROJECT = "project";
  static final String STEP = "step";

  private enum Part {
    ALL,
    PROJECTION,
    REST
  }

  private final int gates;
  private final int states;
  private final TensorSpec output;
  private final Matrix kernel;
  private final Activation identity;
  final int units;
  final Matrix recurrent;
  final @Nullable Weight bias;

  Cell(LayerSpec spec, int gates, int states, boolean twoBiases) {
    spec.config().ignore("dropout", "recurrent_dropout", "implementation", "unit_forget_bias");
    this.gates = gates;
    this.states = states;
    units = spec.config().integer("units");
    output = TensorSpec.of(spec.dtype(), Shape.UNKNOWN, units);
    identity = spec.activationNamed("linear");
    int features = spec.input().shape().last();
    int width = gates * units;
    kernel = spec.matrix(spec.weight("kernel", Shape.of(features, width)), features, width);
    recurrent = spec.matrix(spec.weight("recurrent_kernel", Shape.of(units, width)), units, width);
    boolean useBias = spec.config().flag("use_bias", true);
    bias = useBias ? spec.weight("bias", twoBiases ? Shape.of(2, width) : Shape.of(width)) : null;
  }

  static Activation activation(LayerSpec spec, String key, String otherwise) {
    return spec.config().keys().contains(key) ? spec.activation(key) : spec.activationNamed(otherwise);
  }

  /** The bias of the projection of the input. */
  abstract float @Nullable [] inputBias();

  /**
   * Goes one step on: reads the states from inputs 1, 2, ..., writes the outputs.
   *
   * @param projected the projected inputs, gates * units for each row
   */
  abstract void advance(Call call, float[] projected, int rows);

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    if (part(call) == Part.PROJECTION) {
      return List.of(call.input().withLast(gates * units));
    }
    if (call.inputs().size() != 1 + states) {
      throw call.error("expected an input and %d states, got %d tensors", states, call.inputs().size());
    }
    for (TensorSpec state : call.inputs().subList(1, 1 + states)) {
      if (!output.shape().accepts(state.shape())) {
        throw call.error("expected states of shape %s, got %s", output.shape(), state.shape());
      }
    }
    TensorSpec known = output.withShape(output.shape().with(0, call.input().shape().first()));
    List<TensorSpec> all = new ArrayList<>();
    for (int i = 0; i <= states; i++) {
      all.add(known);
    }
    return all;
  }

  private static Part part(CallSpec call) {
    Argument part = call.argument(-1, PART);
    return PROJECT.equals(part.value()) ? Part.PROJECTION : STEP.equals(part.value()) ? Part.REST : Part.ALL;
  }

  @Override
  public Object prepare(CallSpec call) {
    return part(call);
  }

  @Override
  public void forward(Call call) {
    Part part = call.prepared(Part.class);
    float[] x = call.input(0).floats();
    int width = gates * units;
    if (part == Part.PROJECTION) {
      int rows = call.output(0).size() / width;
      call.kernels().affine(x, 0, rows, kernel, inputBias(), identity, call.output(0).floats(), 0);
      return;
    }
    int rows = call.input(0).shape().first();
    if (part == Part.ALL) {
      float[] projected = call.floats(0, rows * width);
      call.kernels().affine(x, 0, rows, kernel, inputBias(), identity, projected, 0);
      x = projected;
    }
    advance(call, x, rows);
  }

  /** The recurrent part of all gates, a row behind the other. */
  final float[] recur(Call call, int slot, float[] h, int rows, float @Nullable [] recurrentBias) {
    float[] result = call.floats(slot, rows * gates * units);
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

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }
}
