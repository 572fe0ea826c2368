package dev.posthorn.engine;

import dev.posthorn.spi.Derived;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A derived value that is computed when the weights are bound. */
final class LateDerived<T> implements Derived<T> {
  private @Nullable Supplier<T> computation;
  private volatile @Nullable T value;

  LateDerived(Supplier<T> computation) {
    this.computation = computation;
  }

  void compute() {
    Supplier<T> supplier = computation;
    if (supplier != null) {
      value = supplier.get();
      computation = null;
    }
  }

  @Override
  public T get() {
    T result = value;
    if (result == null) {
      throw new IllegalStateException("derived values are there once the weights are bound");
    }
    return result;
  }
}
