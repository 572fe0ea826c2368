package dev.posthorn.engine.layers.merging;

import dev.posthorn.engine.arrays.Arithmetic;
import dev.posthorn.engine.arrays.Broadcast;
import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.Promotion;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.engine.arrays.StridedCopy;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.engine.layers.RowLayer;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins tensors element by element: the first with the second, the result with the third, and so on. Shorter shapes get
 * axes of length 1 behind the batch axis (keras.layers.merging.Merge). The mask is the OR of all masks, if all inputs
 * have one.
 */
class Merge implements RowLayer {
  private static final int OPERAND = 0;
  private static final int CONVERTED = 1;
  private static final int RESULT = 2;

  private final Arithmetic function;
  private final boolean average;

  Merge(Arithmetic function, boolean average) {
    this.function = function;
    this.average = average;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape result = row(call.input().shape(), 0);
    DType type = call.input().dtype();
    int rank = call.input().shape().rank();
    for (TensorSpec input : call.inputs()) {
      rank = Math.max(rank, input.shape().rank());
      type = Promotion.of(type, input.dtype());
    }
    Shape first = call.input().shape();
    for (TensorSpec input : call.inputs()) {
      Shape next = row(input.shape(), rank);
      Shape before = row(result, rank);
      result =
          Broadcast.of(before, next)
              .orElseThrow(() -> call.error("cannot join shapes %s and %s", first, input.shape()));
    }
    if (average) {
      type = Promotion.floating(type);
    }
    return List.of(new TensorSpec(type, result.with(0, first.first())));
  }

  /** The shape of one row, with axes of length 1 put behind axis 0 up to that rank. */
  private static Shape row(Shape shape, int rank) {
    List<Integer> dims = new ArrayList<>();
    dims.add(1);
    for (int i = shape.rank(); i < rank; i++) {
      dims.add(1);
    }
    for (int i = 1; i < shape.rank(); i++) {
      dims.add(shape.dim(i));
    }
    return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
  }

  /** For each input how a row of it is repeated to a row of the output; null where they are alike. */
  private record Rows(@Nullable StridedCopy[] repeats, int size, boolean[] perChannel) {}

  @Override
  public Object prepare(CallSpec call) {
    Shape output = outputs(call).get(0).shape().with(0, 1);
    List<TensorSpec> inputs = call.inputs();
    @Nullable StridedCopy[] repeats = new StridedCopy[inputs.size()];
    boolean[] perChannel = new boolean[repeats.length];
    for (int i = 0; i < repeats.length; i++) {
      Shape row = row(inputs.get(i).shape(), output.rank());
      if (!row.equals(output)) {
        perChannel[i] = row.size() == output.last() && row.last() == output.last();
        repeats[i] = StridedCopy.gather(View.of(row).broadcast(output.dims()));
      }
    }
    return new Rows(repeats, output.size(), perChannel);
  }

  @Override
  public void forward(Call call) {
    Rows rows = call.prepared(Rows.class);
    Tensor output = call.output(0);
    DType loop = Promotion.loop(output.dtype());
    int n = output.size();
    if (pair(call, rows, loop)) {
      return;
    }
    boolean direct = loop != DType.INT64;
    Object result = direct ? RawArray.of(output) : ScratchArray.of(call, RESULT, loop, n);
    System.arraycopy(masked(call, 0, operand(call, rows, 0, loop), n, result), 0, result, 0, n);
    for (int i = 1; i < call.inputCount(); i++) {
      Object operand = masked(call, i, operand(call, rows, i, loop), n, result);
      function.apply(result, operand, result, n);
    }
    finish(call, result, n);
    if (!direct) {
      Casting.run(result, n, RawArray.of(output), output.dtype());
    }
    writeMask(call);
  }

  /** Two inputs without masks that kernels join at once; false if these are not of that kind. */
  private boolean pair(Call call, Rows rows, DType loop) {
    boolean two = call.inputCount() == 2 && !average && call.mask(0) == null && call.mask(1) == null;
    if (!two || loop != DType.FLOAT32) {
      return false;
    }
    Tensor a = call.input(0);
    Tensor b = call.input(1);
    Tensor y = call.output(0);
    if (a.dtype() != y.dtype() || b.dtype() != y.dtype()) {
      return false;
    }
    if (function == Arithmetic.ADD && rows.repeats()[0] == null && rows.repeats()[1] == null) {
      call.kernels()
          .channels()
          .add(a.floats(), 0, b.floats(), 0, y.floats(), 0, y.size(), Float.NEGATIVE_INFINITY);
      return true;
    }
    if (function != Arithmetic.MULTIPLY) {
      return false;
    }
    if (rows.repeats()[0] == null && rows.perChannel()[1]) {
      scale(call, rows, a.floats(), b.floats(), y);
      return true;
    }
    if (rows.repeats()[1] == null && rows.perChannel()[0]) {
      scale(call, rows, b.floats(), a.floats(), y);
      return true;
    }
    return false;
  }

  private static void scale(Call call, Rows rows, float[] x, float[] scale, Tensor y) {
    int n = y.shape().last();
    for (int row = 0; row < y.shape().first(); row++) {
      int at = row * rows.size();
      call.kernels().channels().scale(x, at, y.floats(), at, rows.size() / n, n, scale, row * n);
    }
  }

  /** An input in the loop's type and the output's shape. */
  private static Object operand(Call call, Rows rows, int i, DType loop) {
    Tensor input = call.input(i);
    Object array = RawArray.of(input);
    if (Promotion.loop(input.dtype()) != loop || loop == DType.INT64 && input.dtype() != DType.INT64) {
      Object converted = ScratchArray.of(call, CONVERTED + 10 * i, loop, input.size());
      Casting.run(array, input.size(), converted, loop);
      array = converted;
    }
    StridedCopy repeat = rows.repeats()[i];
    if (repeat == null) {
      return array;
    }
    Shape output = call.output(0).shape();
    Object repeated = ScratchArray.of(call, OPERAND, loop, call.output(0).size());
    int count = output.first();
    repeat.runRows(array, count == 0 ? 0 : input.size() / count, repeated, rows.size(), count);
    return repeated;
  }

  /** What a layer does to an operand that has a mask before it is joined; nothing, mostly. Returns the operand. */
  Object masked(Call call, int input, Object operand, int n, Object before) {
    return operand;
  }

  /** What a layer does to the result. */
  void finish(Call call, Object result, int n) {
    if (average) {
      int count = call.inputCount();
      switch (result) {
        case float[] floats -> {
          for (int i = 0; i < n; i++) {
            floats[i] /= count;
          }
        }
        case double[] doubles -> {
          for (int i = 0; i < n; i++) {
            doubles[i] /= count;
          }
        }
        default -> throw new IllegalArgumentException(result.getClass().getSimpleName());
      }
    }
  }

  static boolean allMasked(CallSpec call) {
    for (int i = 0; i < call.inputs().size(); i++) {
      if (!call.hasMask(i)) {
        return false;
      }
    }
    return true;
  }

  private static void writeMask(Call call) {
    Tensor output = call.outputMask();
    if (output == null) {
      return;
    }
    boolean[] joined = output.booleans();
    for (int i = 0; i < call.inputCount(); i++) {
      Tensor mask = call.mask(i);
      if (mask == null || mask.size() != output.size()) {
        throw call.spec().error("the mask of input %d has not the shape %s", i, output.shape());
      }
      boolean[] own = mask.booleans();
      for (int j = 0; j < output.size(); j++) {
        joined[j] = i == 0 ? own[j] : joined[j] | own[j];
      }
    }
  }

  @Override
  public Masking masking() {
    return Masking.COMPUTE;
  }

  /** The masks of the inputs have all but the last axis; the output's then has them too. */
  @Override
  public @Nullable Shape maskShape(CallSpec call) {
    return allMasked(call) ? call.input().shape().dropLast() : null;
  }

  @Override
  public boolean castsInputs() {
    return false;
  }
}
