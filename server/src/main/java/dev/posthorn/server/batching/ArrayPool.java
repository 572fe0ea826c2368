package dev.posthorn.server.batching;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.IntStream;

/**
 * Float arrays that requests and answers take turns to use, so that no array is allocated for a message. Whoever gives
 * an array back must be its last user; one that is never given back is ordinary garbage. Thread-safe.
 */
public final class ArrayPool {
  private static final int SMALLEST = 64;
  private static final int CLASSES = 18;
  private static final int KEPT_FLOATS = 1 << 22;

  private final Shelf[] shelves =
      IntStream.range(0, CLASSES).mapToObj(i -> new Shelf(SMALLEST << i)).toArray(Shelf[]::new);

  /** An array of at least that length, with any contents. */
  public float[] take(int length) {
    int index = shelf(length);
    return index < CLASSES ? shelves[index].take() : new float[length];
  }

  public void give(float[] array) {
    int index = shelf(array.length);
    if (index < CLASSES && array.length == SMALLEST << index) {
      shelves[index].give(array);
    }
  }

  /** Gives back the tensor's array, if it is one of this pool's kind. */
  public void give(ArrayTensor tensor) {
    if (tensor.array() instanceof float[] floats) {
      give(floats);
    }
  }

  /** A tensor with any contents. */
  public ArrayTensor tensor(TensorSpec spec) {
    return spec.dtype().storage() == DType.Storage.FLOATS
        ? ArrayTensor.over(spec.dtype(), spec.shape(), take(spec.shape().size()))
        : ArrayTensor.allocate(spec);
  }

  private static int shelf(int length) {
    return length <= SMALLEST ? 0 : 32 - Integer.numberOfLeadingZeros((length - 1) / SMALLEST);
  }

  /** Arrays of one length, the one used last on top. */
  private static final class Shelf {
    private final int length;
    private final int most;
    private final Deque<float[]> arrays = new ArrayDeque<>();

    Shelf(int length) {
      this.length = length;
      this.most = Math.clamp(KEPT_FLOATS / length, 1, 64);
    }

    float[] take() {
      synchronized (this) {
        float[] array = arrays.pollLast();
        if (array != null) {
          return array;
        }
      }
      return new float[length];
    }

    synchronized void give(float[] array) {
      if (arrays.size() < most) {
        arrays.addLast(array);
      }
    }
  }
}
