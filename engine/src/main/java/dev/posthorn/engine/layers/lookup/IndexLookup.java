package dev.posthorn.engine.layers.lookup;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens to int64 indices of the same shape, or to counts over the last axis: StringLookup and IntegerLookup. Outside of
 * mode {@code int} masked tokens are dropped. Allocates only to hash tokens outside of the vocabulary.
 */
final class IndexLookup implements Layer {
  private static final long DROPPED = -1;

  private final Tokens tokens;
  private final OovBuckets buckets;
  private final int oovIndices;
  private final int oovStart;
  private final Encoding encoding;
  private final int depth;
  private final @Nullable Supplier<float[]> idf;

  IndexLookup(
      Tokens tokens, OovBuckets buckets, int oovIndices, int oovStart, Encoding encoding, int depth,
      @Nullable Supplier<float[]> idf) {
    this.tokens = tokens;
    this.buckets = buckets;
    this.oovIndices = oovIndices;
    this.oovStart = oovStart;
    this.encoding = encoding;
    this.depth = depth;
    this.idf = idf;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    if (!tokens.accepts(call.input())) {
      throw call.error(
          "expected %s, got %s",
          tokens instanceof StringTokens ? "strings" : "integers", call.input().dtype().kerasName());
    }
    Shape shape = call.input().shape();
    return List.of(
        switch (encoding) {
          case INT -> new TensorSpec(DType.INT64, shape);
          case ONE_HOT ->
              new TensorSpec(
                  DType.INT64, shape.rank() > 1 && shape.last() == 1 ? shape.withLast(depth) : shape.append(depth));
          case MULTI_HOT, COUNT -> new TensorSpec(DType.INT64, overLast(call));
          case TF_IDF -> new TensorSpec(DType.FLOAT32, overLast(call));
        });
  }

  private Shape overLast(CallSpec call) {
    Shape shape = call.input().shape();
    if (shape.rank() < 2) {
      throw call.error("expected at least 2 axes, got shape %s", shape);
    }
    return shape.withLast(depth);
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    int size = input.size();
    if (encoding == Encoding.TF_IDF) {
      weighted(call, input, output.floats(), output.size());
      return;
    }
    long[] result = output.longs();
    if (encoding == Encoding.INT) {
      for (int i = 0; i < size; i++) {
        result[i] = index(call, input, i);
      }
      return;
    }
    Arrays.fill(result, 0, output.size(), 0);
    int group = encoding == Encoding.ONE_HOT ? 1 : input.shape().last();
    for (int i = 0; i < size; i++) {
      long index = index(call, input, i);
      if (index != DROPPED) {
        int place = i / group * depth + (int) index;
        result[place] = encoding == Encoding.COUNT ? result[place] + 1 : 1;
      }
    }
  }

  private void weighted(Call call, Tensor input, float[] result, int resultSize) {
    float[] weights = idf == null ? new float[depth] : idf.get();
    Arrays.fill(result, 0, resultSize, 0);
    int group = input.shape().last();
    int size = input.size();
    for (int i = 0; i < size; i++) {
      long index = index(call, input, i);
      if (index != DROPPED) {
        result[i / group * depth + (int) index]++;
      }
    }
    for (int i = 0; i < resultSize; i++) {
      result[i] *= weights[i % depth];
    }
  }

  private long index(Call call, Tensor input, int i) {
    int found = tokens.find(input, i);
    if (found >= 0) {
      return oovStart + oovIndices + found;
    }
    if (found == Tokens.MASKED) {
      return encoding == Encoding.INT ? 0 : DROPPED;
    }
    if (oovIndices == 0) {
      throw call.spec().error("expected a token of the vocabulary, got %s", tokens.show(input, i));
    }
    return oovStart + (oovIndices == 1 ? 0 : tokens.bucket(input, i, oovIndices, buckets));
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }

  @Override
  public boolean supports(DType dtype) {
    return true;
  }
}
