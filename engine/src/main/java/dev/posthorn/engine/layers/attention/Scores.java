package dev.posthorn.engine.layers.attention;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Weight;
import org.jspecify.annotations.Nullable;

/** How well each query fits each key. */
@FunctionalInterface
interface Scores {
  /** What is taken from a masked score. */
  float MASKED = 1e9f;

  /**
   * Writes the scores of one batch entry.
   *
   * @param query (queries, width) from qFrom on
   * @param key (keys, width) from kFrom on
   * @param scores (queries, keys) from 'from' on
   */
  void compute(
      Call call, float[] query, int qFrom, int queries, float[] key, int kFrom, int keys, int width, float[] scores,
      int from);

  /** keras.layers.Attention: dot, or concat: w sum(tanh(s (q + k))). */
  static Scores of(LayerSpec spec) {
    String mode = spec.config().string("score_mode", "dot");
    Weight scale = spec.config().flag("use_scale", false) ? spec.weight("scale", Shape.scalar()) : null;
    if (mode.equals("dot")) {
      return dot(scale);
    }
    if (!mode.equals("concat")) {
      throw spec.error("score_mode: expected dot or concat, got '%s'", mode);
    }
    Weight weight = spec.weight("concat_score_weight", Shape.scalar());
    return (call, query, qFrom, queries, key, kFrom, keys, width, scores, from) -> {
      float inner = scale == null ? 1 : scale.floats()[0];
      float outer = weight.floats()[0];
      sums(call, query, qFrom, queries, key, kFrom, keys, width, scores, from, inner, null);
      for (int i = from; i < from + queries * keys; i++) {
        scores[i] *= outer;
      }
    };
  }

  /** keras.layers.AdditiveAttention: sum(scale tanh(q + k)). */
  static Scores additive(LayerSpec spec) {
    spec.config().ignore("score_mode");
    Weight scale =
        spec.config().flag("use_scale", true) ? spec.weight("scale", Shape.of(spec.input().shape().last())) : null;
    return (call, query, qFrom, queries, key, kFrom, keys, width, scores, from) ->
        sums(call, query, qFrom, queries, key, kFrom, keys, width, scores, from, 1, scale);
  }

  private static Scores dot(@Nullable Weight scale) {
    return (call, query, qFrom, queries, key, kFrom, keys, width, scores, from) -> {
      call.kernels().multiply(
          queries, keys, width, query, qFrom, width, key, kFrom, width, true, scores, from, keys, false);
      if (scale != null) {
        float factor = scale.floats()[0];
        for (int i = from; i < from + queries * keys; i++) {
          scores[i] *= factor;
        }
      }
    };
  }

  /** The sums over the width of weight tanh(inner (q + k)). */
  private static void sums(
      Call call, float[] query, int qFrom, int queries, float[] key, int kFrom, int keys, int width, float[] scores,
      int from, float inner, @Nullable Weight weight) {
    float[] terms = call.floats(1, keys * width);
    for (int t = 0; t < queries; t++) {
      for (int s = 0; s < keys; s++) {
        for (int i = 0; i < width; i++) {
          terms[s * width + i] = inner * (query[qFrom + t * width + i] + key[kFrom + s * width + i]);
        }
      }
      call.kernels().apply(Function.TANH, 0f, 0f, terms, 0, keys * width);
      for (int s = 0; s < keys; s++) {
        float sum = 0;
        for (int i = 0; i < width; i++) {
          sum += weight == null ? terms[s * width + i] : weight.floats()[i] * terms[s * width + i];
        }
        scores[from + t * keys + s] = sum;
      }
    }
  }
}
