package dev.posthorn.engine.layers.convolution;

import dev.posthorn.engine.arrays.StridedCopy;
import dev.posthorn.engine.arrays.View;
import dev.posthorn.spi.Shape;

/** One image between the order channels first, in which some models keep it, and channels last, in which we compute. */
final class ChannelsLast {
  private final StridedCopy in;
  private final StridedCopy out;

  private ChannelsLast(StridedCopy in, StridedCopy out) {
    this.in = in;
    this.out = out;
  }

  /** @param input and output shapes of a batch, channels first */
  static ChannelsLast of(Shape input, Shape output) {
    int[] from = matrix(input);
    int[] to = matrix(output);
    View transposed = View.of(Shape.of(from)).transpose(1, 0);
    int[] back = {to[1], to[0]};
    return new ChannelsLast(
        StridedCopy.gather(transposed),
        StridedCopy.of(back, 0, View.contiguous(back), 0, new int[] {1, to[1]}));
  }

  private static int[] matrix(Shape shape) {
    return new int[] {shape.dim(1), shape.product(2, shape.rank())};
  }

  /** Brings an image to channels last. */
  void load(Object images, int at, Object image) {
    in.run(images, at, image, 0);
  }

  /** Brings an image back to channels first. */
  void store(Object image, Object images, int at) {
    out.run(image, 0, images, at);
  }
}
