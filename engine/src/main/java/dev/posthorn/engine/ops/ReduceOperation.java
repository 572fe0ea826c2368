package dev.posthorn.engine.ops;

import dev.posthorn.engine.arrays.Axes;
import dev.posthorn.engine.arrays.AxisRows;
import dev.posthorn.engine.arrays.Casting;
import dev.posthorn.engine.arrays.RawArray;
import dev.posthorn.engine.arrays.ScratchArray;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/** A reduction along some axes, or all of them; with keepdims these stay with length 1. */
final class ReduceOperation implements Operation {
  private final Reduction reduction;
  private final int[] axes;
  private final boolean keepDims;

  ReduceOperation(Reduction reduction, LayerSpec spec) {
    this.reduction = reduction;
    keepDims = spec.config().flag("keepdims", false);
    axes = spec.config().has("axis") ? sorted(spec) : Axes.all(spec.input().shape().rank());
    if (spec.config().has("initial")) {
      throw spec.unsupported("'initial' of a reduction");
    }
    if (spec.input().dtype() == DType.STRING) {
      throw spec.error("expected numbers, got strings");
    }
  }

  private static int[] sorted(LayerSpec spec) {
    try {
      return Axes.sorted(spec.config().integers("axis"), spec.input().shape().rank());
    } catch (IllegalArgumentException outside) {
      throw spec.error("%s", String.valueOf(outside.getMessage()));
    }
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    List<Integer> dims = new ArrayList<>();
    Shape shape = call.input().shape();
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (!Axes.contains(axes, axis)) {
        dims.add(shape.dim(axis));
      } else if (keepDims) {
        dims.add(1);
      }
    }
    Shape result = Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
    return List.of(new TensorSpec(reduction.result(call.input().dtype()), result));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return call.input().shape().rank() > 0 && !Axes.contains(axes, 0);
  }

  @Override
  public Object prepare(CallSpec call) {
    return AxisRows.of(call.input().shape(), axes);
  }

  @Override
  public void forward(Call call) {
    AxisRows rows = call.prepared(AxisRows.class);
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    int count = output.size();
    int n = rows.length();
    if (count > 0 && n == 0 && reduction != Reduction.SUM && reduction != Reduction.PROD) {
      throw call.spec().error("%s of no elements", reduction);
    }
    int perBlock = count / Math.max(1, rows.blocks(input.size()));
    boolean floats = input.dtype().isFloating() || reduction.floating();
    DType type = floats ? DType.FLOAT64 : DType.INT64;
    Object results = ScratchArray.of(call, 0, type, count);
    Object source = RawArray.of(input);
    if (input.dtype() != type) {
      Object cast = ScratchArray.of(call, 1, type, input.size());
      Casting.run(source, input.size(), cast, type);
      source = cast;
    }
    Object gathered = ScratchArray.of(call, 2, type, rows.blockSize());
    for (int block = 0; block < rows.blocks(input.size()); block++) {
      rows.gather(source, block, gathered);
      for (int row = 0; row < perBlock; row++) {
        if (gathered instanceof double[] x) {
          ((double[]) results)[block * perBlock + row] = reduction.of(x, row * n, n);
        } else {
          ((long[]) results)[block * perBlock + row] = reduction.of((long[]) gathered, row * n, n);
        }
      }
    }
    Casting.run(results, count, RawArray.of(output), output.dtype());
  }
}
