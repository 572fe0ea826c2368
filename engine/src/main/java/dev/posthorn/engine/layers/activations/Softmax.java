package dev.posthorn.engine.layers.activations;

import dev.posthorn.engine.arrays.Axes;
import dev.posthorn.engine.arrays.AxisRows;
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

/** Softmax along one axis or over several at once; masked elements count as -1e9 (keras.layers.Softmax). */
final class Softmax implements RowLayer {
  private static final float MASKED = -1e9f;

  private final int[] axes;

  Softmax(LayerSpec spec) {
    int[] given = spec.config().has("axis") ? spec.config().integers("axis") : new int[] {-1};
    axes = Axes.sorted(given, spec.input().shape().rank());
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    return List.of(call.input());
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return axes[0] != 0;
  }

  @Override
  public Object prepare(CallSpec call) {
    return AxisRows.of(call.input().shape(), axes);
  }

  @Override
  public void forward(Call call) {
    AxisRows rows = call.prepared(AxisRows.class);
    Tensor x = call.input(0);
    Tensor y = call.output(0);
    boolean isDouble = y.dtype() == DType.FLOAT64;
    Object from = isDouble ? x.doubles() : x.floats();
    Object to = isDouble ? y.doubles() : y.floats();
    Tensor mask = call.mask(0);
    if (mask != null) {
      System.arraycopy(from, 0, to, 0, x.size());
      hide(call, mask, y);
      from = to;
    }
    Object scratch = isDouble ? call.doubles(0, rows.blockSize()) : call.floats(0, rows.blockSize());
    for (int block = 0; block < rows.blocks(x.size()); block++) {
      rows.gather(from, block, scratch);
      for (int row = 0; row < rows.rowsPerBlock(); row++) {
        int start = row * rows.length();
        if (scratch instanceof double[] doubles) {
          call.kernels().softmax(doubles, start, start + rows.length());
        } else {
          call.kernels().softmax((float[]) scratch, start, start + rows.length());
        }
      }
      rows.scatter(scratch, to, block);
    }
  }

  private static void hide(Call call, Tensor mask, Tensor y) {
    Shape shape = y.shape();
    Shape masked = mask.shape();
    if (masked.rank() > shape.rank()) {
      throw call.spec().error("expected a mask of at most %d axes, got %s", shape.rank(), masked);
    }
    boolean[] keep = mask.booleans();
    boolean same = masked.equals(shape);
    for (int i = 0; i < y.size(); i++) {
      if (!keep[same ? i : index(i, shape, masked)]) {
        set(y, i);
      }
    }
  }

  /** The element of a mask that is broadcast to an element of the input. */
  private static int index(int element, Shape shape, Shape mask) {
    int index = 0;
    int stride = 1;
    int left = element;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      int at = left % shape.dim(axis);
      left /= shape.dim(axis);
      int own = axis - shape.rank() + mask.rank();
      if (own >= 0) {
        index += mask.dim(own) == 1 ? 0 : at * stride;
        stride *= mask.dim(own);
      }
    }
    return index;
  }

  private static void set(Tensor y, int i) {
    if (y.dtype() == DType.FLOAT64) {
      y.doubles()[i] = MASKED;
    } else {
      y.floats()[i] = MASKED;
    }
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
