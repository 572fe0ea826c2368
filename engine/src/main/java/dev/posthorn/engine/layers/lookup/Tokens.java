package dev.posthorn.engine.layers.lookup;

import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;

/** A vocabulary of strings or of integers. Immutable. */
interface Tokens {
  int UNKNOWN = -1;
  int MASKED = -2;

  /** Whether tensors of that type hold such tokens. */
  boolean accepts(TensorSpec input);

  int size();

  /** The position of an element in the vocabulary, {@link #UNKNOWN} or {@link #MASKED}. */
  int find(Tensor input, int element);

  /** The out-of-vocabulary bucket of an element, from 0 to {@code count - 1}. */
  int bucket(Tensor input, int element, int count, OovBuckets buckets);

  String show(Tensor input, int element);
}
