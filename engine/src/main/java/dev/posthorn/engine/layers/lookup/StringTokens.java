package dev.posthorn.engine.layers.lookup;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A vocabulary of strings. */
final class StringTokens implements Tokens {
  private final Map<String, Integer> positions = new HashMap<>();
  private final @Nullable Object mask;

  StringTokens(List<Object> vocabulary, @Nullable Object mask) {
    this.mask = mask;
    for (Object token : vocabulary) {
      positions.put((String) token, positions.size());
    }
  }

  @Override
  public boolean accepts(TensorSpec input) {
    return input.dtype() == DType.STRING;
  }

  @Override
  public int size() {
    return positions.size();
  }

  @Override
  public int find(Tensor input, int element) {
    String token = input.strings()[element];
    if (token.equals(mask)) {
      return MASKED;
    }
    Integer position = positions.get(token);
    return position == null ? UNKNOWN : position;
  }

  @Override
  public int bucket(Tensor input, int element, int count, OovBuckets buckets) {
    return buckets.of(input.strings()[element].getBytes(StandardCharsets.UTF_8), count);
  }

  @Override
  public String show(Tensor input, int element) {
    return "'" + input.strings()[element] + "'";
  }
}
