package dev.posthorn.engine.layers.lookup;

import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A vocabulary of integers: sorted, so that looking up allocates nothing. */
final class IntegerTokens implements Tokens {
  private final long[] sorted;
  private final int[] positions;
  private final boolean hasMask;
  private final long mask;

  IntegerTokens(List<Object> vocabulary, @Nullable Object mask) {
    this.hasMask = mask != null;
    this.mask = mask instanceof Number number ? number.longValue() : 0;
    positions =
        IntStream.range(0, vocabulary.size())
            .boxed()
            .sorted(Comparator.comparingLong(i -> (Long) vocabulary.get(i)))
            .mapToInt(i -> i)
            .toArray();
    sorted = Arrays.stream(positions).mapToLong(i -> (Long) vocabulary.get(i)).toArray();
  }

  static boolean isNumber(TensorSpec input) {
    return input.dtype().isInteger() || input.dtype().isFloating();
  }

  static long at(Tensor input, int element) {
    return switch (input.dtype().storage()) {
      case INTS -> input.ints()[element];
      case LONGS -> input.longs()[element];
      case FLOATS -> (long) input.floats()[element];
      case DOUBLES -> (long) input.doubles()[element];
      case BOOLEANS, STRINGS -> throw new IllegalStateException("not a number: " + input.dtype());
    };
  }

  @Override
  public boolean accepts(TensorSpec input) {
    return isNumber(input);
  }

  @Override
  public int size() {
    return sorted.length;
  }

  @Override
  public int find(Tensor input, int element) {
    long token = at(input, element);
    if (hasMask && token == mask) {
      return MASKED;
    }
    int place = Arrays.binarySearch(sorted, token);
    return place < 0 ? UNKNOWN : positions[place];
  }

  @Override
  public int bucket(Tensor input, int element, int count, OovBuckets buckets) {
    long token = at(input, element);
    return buckets.floorMod()
        ? (int) Math.floorMod(token, (long) count)
        : buckets.of(Long.toString(token).getBytes(StandardCharsets.US_ASCII), count);
  }

  @Override
  public String show(Tensor input, int element) {
    return Long.toString(at(input, element));
  }
}
