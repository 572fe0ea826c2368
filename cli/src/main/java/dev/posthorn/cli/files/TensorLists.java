package dev.posthorn.cli.files;

import dev.posthorn.engine.ArrayTensor;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Tensors as nested lists, for JSON; the lists are made while they are read. */
public final class TensorLists {
  private TensorLists() {}

  /** Nested Iterables of Float, Double, Long, Boolean or String; a single value for a scalar. */
  public static @Nullable Object of(ArrayTensor tensor) {
    return level(tensor, 0, 0);
  }

  /** One element as it goes into JSON. */
  public static Object element(ArrayTensor tensor, int i) {
    return switch (tensor.array()) {
      case float[] floats -> floats[i];
      case double[] doubles -> doubles[i];
      case int[] ints -> (long) ints[i];
      case long[] longs -> longs[i];
      case boolean[] booleans -> booleans[i];
      default -> tensor.strings()[i];
    };
  }

  private static Object level(ArrayTensor tensor, int axis, int start) {
    if (axis == tensor.shape().rank()) {
      return element(tensor, start);
    }
    int stride = tensor.shape().product(axis + 1, tensor.shape().rank());
    return (Iterable<Object>)
        () -> new Items(tensor.shape().dim(axis), i -> level(tensor, axis + 1, start + i * stride));
  }

  private static final class Items implements Iterator<Object> {
    private final int count;
    private final IntFunction<Object> item;
    private int next;

    Items(int count, IntFunction<Object> item) {
      this.count = count;
      this.item = item;
    }

    @Override
    public boolean hasNext() {
      return next < count;
    }

    @Override
    public Object next() {
      if (next == count) {
        throw new NoSuchElementException();
      }
      return item.apply(next++);
    }
  }
}
