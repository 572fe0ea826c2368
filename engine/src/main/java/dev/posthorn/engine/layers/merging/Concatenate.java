package dev.posthorn.engine.layers.merging;

import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.Promotion;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Inputs one behind the other along an axis (keras.layers.Concatenate); types are promoted. */
public final class Concatenate implements RowLayer {
  private final int axis;
  private final boolean masks;

  private Concatenate(int axis, boolean masks) {
    this.axis = axis;
    this.masks = masks;
  }

  /** keras.layers.Concatenate, which joins the masks too. */
  static Concatenate layer(LayerSpec spec) {
    return new Concatenate(spec.config().integer("axis", -1), true);
  }

  /** keras.ops.concatenate along that axis. */
  public static Concatenate operation(int axis) {
    return new Concatenate(axis, false);
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape shape = call.input().shape();
    DType type = call.input().dtype();
    int along = shape.axis(axis);
    for (int i = 1; i < call.inputs().size(); i++) {
      Shape next = call.inputs().get(i).shape();
      type = Promotion.of(type, call.inputs().get(i).dtype());
      if (next.rank() != shape.rank() || !next.with(along, Shape.UNKNOWN).accepts(shape)) {
        throw call.error("cannot concatenate shapes %s and %s along axis %d", shape, next, along);
      }
      int length = shape.dim(along);
      boolean known = length != Shape.UNKNOWN && next.dim(along) != Shape.UNKNOWN;
      shape = shape.with(along, known ? length + next.dim(along) : Shape.UNKNOWN);
    }
    return List.of(new TensorSpec(type, shape));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return call.input().shape().axis(axis) != 0;
  }

  @Override
  public void forward(Call call) {
    Tensor output = call.output(0);
    Shape shape = output.shape();
    int along = shape.axis(axis);
    int outer = shape.product(0, along);
    int inner = shape.product(along + 1, shape.rank());
    int stride = shape.dim(along) * inner;
    Object target = RawArray.of(output);
    int start = 0;
    for (int i = 0; i < call.inputCount(); i++) {
      Tensor input = call.input(i);
      Object source = RawArray.of(input);
      if (input.dtype() != output.dtype()) {
        Object cast = ScratchArray.of(call, i, output.dtype(), input.size());
        Casting.run(source, input.size(), cast, output.dtype());
        source = cast;
      }
      int length = input.shape().dim(along) * inner;
      for (int row = 0; row < outer; row++) {
        System.arraycopy(source, row * length, target, row * stride + start, length);
      }
      start += length;
    }
    writeMask(call, along);
  }

  /** Keras: the masks, repeated to the inputs' shapes and concatenated; then whether any element of the last axis counts. */
  private static void writeMask(Call call, int along) {
    Tensor output = call.outputMask();
    if (output == null) {
      return;
    }
    boolean[] flags = output.booleans();
    Shape shape = output.shape();
    boolean last = along == shape.rank();
    int outer = shape.product(0, Math.min(along, shape.rank()));
    int inner = last ? 1 : shape.product(along + 1, shape.rank());
    int stride = last ? 1 : shape.dim(along) * inner;
    java.util.Arrays.fill(flags, 0, output.size(), false);
    int start = 0;
    for (int i = 0; i < call.inputCount(); i++) {
      Tensor mask = call.mask(i);
      int length = last ? 1 : call.input(i).shape().dim(along) * inner;
      if (mask != null && mask.size() != outer * length) {
        throw call.spec().error("the mask of input %d has shape %s", i, mask.shape());
      }
      for (int row = 0; row < outer; row++) {
        for (int j = 0; j < length; j++) {
          flags[row * stride + start + j] |= mask == null || mask.booleans()[row * length + j];
        }
      }
      start += last ? 0 : length;
    }
  }

  @Override
  public Masking masking() {
    return masks ? Masking.COMPUTE : Masking.DROP;
  }

  @Override
  public @Nullable Shape maskShape(CallSpec call) {
    for (int i = 0; masks && i < call.inputs().size(); i++) {
      if (call.hasMask(i)) {
        return outputs(call).get(0).shape().dropLast();
      }
    }
    return null;
  }

  @Override
  public boolean castsInputs() {
    return false;
  }

  @Override
  public boolean supports(DType dtype) {
    return true;
  }
}
