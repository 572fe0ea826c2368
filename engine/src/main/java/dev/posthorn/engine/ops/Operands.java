package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Broadcast;
import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.Promotion;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.engine.arrays.StridedCopy;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Several operands brought to one type and one shape, as element-wise operations want them. */
final class Operands {
  /** Scratch slots from here on are free for the operations themselves. */
  static final int FREE_SLOT = 100;

  private final List<Operand> operands;

  Operands(List<Operand> operands) {
    this.operands = operands;
  }

  List<Operand> list() {
    return operands;
  }

  /** The common type by Keras' rules: plain Python numbers do not widen an array's type within its kind. */
  DType dtype() {
    DType type = null;
    for (Operand each : operands) {
      if (!each.weak()) {
        type = type == null ? each.dtype() : Promotion.of(type, each.dtype());
      }
    }
    for (Operand each : operands) {
      if (each.weak()) {
        type = type == null ? each.dtype() : weakly(type, each.dtype());
      }
    }
    return type == null ? DType.FLOAT32 : type;
  }

  private static DType weakly(DType array, DType number) {
    if (array == DType.BOOL) {
      return number;
    }
    return number.isFloating() && !array.isFloating() ? DType.FLOAT32 : array;
  }

  /** The common shape. */
  Shape shape(CallSpec call) {
    Shape shape = Shape.scalar();
    for (Operand each : operands) {
      if (each.dtype() == DType.STRING) {
        throw call.error("expected numbers, got text");
      }
      Shape before = shape;
      shape =
          Broadcast.of(before, each.shape())
              .orElseThrow(() -> call.error("shapes %s and %s do not fit", before, each.shape()));
    }
    return shape;
  }

  /** Whether every tensor's row i goes into row i of the result only, and there are rows. */
  boolean rowsIndependent(CallSpec call) {
    Shape result = shape(call);
    boolean some = false;
    for (Operand each : operands) {
      if (each.isTensor()) {
        some = true;
        if (!Broadcast.keepsRows(each.shape(), result)) {
          return false;
        }
      } else if (each.shape().rank() >= result.rank() && each.shape().rank() > 0 && each.shape().first() != 1) {
        return false;
      }
    }
    return some;
  }

  /** What does not change between calls of one shape. */
  Prepared prepare(CallSpec call, DType loop) {
    Shape shape = shape(call);
    boolean perRow = rowsIndependent(call);
    Shape target = perRow ? shape.with(0, 1) : shape;
    @Nullable StridedCopy[] repeats = new StridedCopy[operands.size()];
    @Nullable Object[] constants = new Object[operands.size()];
    for (int i = 0; i < repeats.length; i++) {
      Operand each = operands.get(i);
      if (each.array() != null) {
        constants[i] = cast(each, loop);
      }
      boolean alike = perRow ? each.isTensor() && each.shape().with(0, 1).equals(target) : each.shape().equals(shape);
      if (!alike && target.isKnown()) {
        Shape own = perRow && each.isTensor() ? each.shape().with(0, 1) : each.shape();
        repeats[i] = StridedCopy.gather(View.of(own).broadcast(target.dims()));
      }
    }
    return new Prepared(loop, perRow, target.isKnown() ? target.size() : 0, repeats, constants);
  }

  private static Object cast(Operand constant, DType loop) {
    Object array = constant.array();
    if (array == null) {
      throw new IllegalStateException("a tensor is no constant");
    }
    int n = constant.shape().size();
    Object typed = array;
    if (!constant.weak() && !(array instanceof String[])) {
      typed = allocate(constant.dtype(), n);
      Casting.run(array, n, typed, constant.dtype());
    }
    Object result = allocate(loop, n);
    Casting.run(typed, n, result, loop);
    return result;
  }

  static Object allocate(DType type, int n) {
    return switch (type.storage()) {
      case BOOLEANS -> new boolean[n];
      case INTS -> new int[n];
      case LONGS -> new long[n];
      case FLOATS -> new float[n];
      case DOUBLES -> new double[n];
      case STRINGS -> new String[n];
    };
  }

  /** Strided copies and constants for one set of lengths. */
  record Prepared(
      DType loop, boolean perRow, int size, @Nullable StridedCopy[] repeats, @Nullable Object[] constants) {
    /** Operand i in the loop's type and in the shape of the result, which has {@code n} elements. */
    Object array(Call call, Operand operand, int i, int n) {
      Object array = constants[i];
      if (array == null) {
        Tensor tensor = call.input(operand.input());
        array = RawArray.of(tensor);
        if (tensor.dtype().storage() != loop.storage()) {
          Object cast = ScratchArray.of(call, 2 * i, loop, tensor.size());
          Casting.run(array, tensor.size(), cast, loop);
          array = cast;
        }
      }
      StridedCopy repeat = repeats[i];
      if (repeat == null) {
        return array;
      }
      Object repeated = ScratchArray.of(call, 2 * i + 1, loop, n);
      if (!perRow) {
        repeat.run(array, 0, repeated, 0);
      } else {
        int rows = size == 0 ? 0 : n / size;
        int own = operand.isTensor() && rows > 0 ? call.input(operand.input()).size() / rows : 0;
        repeat.runRows(array, own, repeated, size, rows);
      }
      return repeated;
    }
  }
}
