package dev.posthorn.engine.layers.attention;

import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;

/**
 * An attention mask of shape (T, S), (batch, T, S) or (batch, heads, T, S), any axis of which may be 1, seen as the last
 * of these. Anything but zero is open.
 */
record MaskView(int input, int batchStride, int headStride, int queryStride, int keyStride) {
  static MaskView of(CallSpec call, int input, int batch, int heads, int queries, int keys) {
    Shape shape = call.inputs().get(input).shape();
    Shape full =
        switch (shape.rank()) {
          case 2 -> shape.prepend(1).prepend(1);
          case 3 -> Shape.of(shape.first(), 1, shape.dim(1), shape.dim(2));
          case 4 -> shape;
          default -> throw call.error("expected an attention mask of 2 to 4 axes, got %s", shape);
        };
    int[] wanted = {batch, heads, queries, keys};
    int[] strides = new int[4];
    int stride = 1;
    for (int axis = 3; axis >= 0; axis--) {
      int length = full.dim(axis);
      if (length != 1 && length != wanted[axis]) {
        throw call.error("expected an attention mask for %s, got %s", Shape.of(wanted), shape);
      }
      strides[axis] = length == 1 ? 0 : stride;
      stride *= length;
    }
    return new MaskView(input, strides[0], strides[1], strides[2], strides[3]);
  }

  boolean open(Tensor mask, int b, int h, int t, int s) {
    int i = b * batchStride + h * headStride + t * queryStride + s * keyStride;
    return switch (mask.dtype().storage()) {
      case BOOLEANS -> mask.booleans()[i];
      case INTS -> mask.ints()[i] != 0;
      case LONGS -> mask.longs()[i] != 0;
      case FLOATS -> mask.floats()[i] != 0;
      case DOUBLES -> mask.doubles()[i] != 0;
      case STRINGS -> throw new IllegalStateException("a mask of strings");
    };
  }
}
