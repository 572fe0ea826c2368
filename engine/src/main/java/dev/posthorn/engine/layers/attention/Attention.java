package dev.posthorn.engine.layers.attention;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * keras.layers.Attention and AdditiveAttention: [query (batch, T, d), value (batch, S, v), key (batch, S, d)] give
 * softmax(scores) value of shape (batch, T, v), with {@code return_attention_scores} also (batch, T, S). The key is the
 * value if it is not given. Masked values get no weight; masked queries give zero.
 */
final class Attention implements Layer {
  private static final int SCORES = 3;
  private static final int CAUSAL = 4;

  private final Scores scoring;

  private record Sizes(
      int batch, int queries, int keys, int width, int valueWidth, boolean causal, boolean scores) {}

  Attention(LayerSpec spec, Scores scoring) {
    spec.config().ignore("dropout");
    this.scoring = scoring;
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    if (call.inputs().size() < 2 || call.inputs().size() > 3) {
      throw call.error("expected query, value and perhaps key, got %d tensors", call.inputs().size());
    }
    Shape query = call.input().shape();
    Shape value = call.inputs().get(1).shape();
    Shape key = call.inputs().get(call.inputs().size() - 1).shape();
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, Shape.UNKNOWN);
    if (!any.accepts(query) || !any.withLast(query.last()).accepts(key) || !any.with(1, key.dim(1)).accepts(value)) {
      throw call.error(
          "expected (batch, T, d), (batch, S, v) and (batch, S, d), got %s, %s and %s", query, value, key);
    }
    TensorSpec output = call.input().withLast(value.last());
    return flag(call, SCORES, "return_attention_scores")
        ? List.of(output, call.input().withLast(key.dim(1)))
        : List.of(output);
  }

  private static boolean flag(CallSpec call, int position, String name) {
    return Boolean.TRUE.equals(call.argument(position, name).value());
  }

  @Override
  public Object prepare(CallSpec call) {
    Shape query = call.input().shape();
    Shape value = call.inputs().get(1).shape();
    return new Sizes(
        query.first(), query.dim(1), value.dim(1), query.last(), value.last(),
        flag(call, CAUSAL, "use_causal_mask"), flag(call, SCORES, "return_attention_scores"));
  }

  @Override
  public void forward(Call call) {
    Sizes s = call.prepared(Sizes.class);
    float[] value = call.input(1).floats();
    float[] key = call.input(call.inputCount() - 1).floats();
    float[] y = call.output(0).floats();
    int size = s.queries() * s.keys();
    float[] scores = s.scores() ? call.output(1).floats() : call.floats(0, size);
    for (int b = 0; b < s.batch(); b++) {
      call.checkCancelled();
      int from = s.scores() ? b * size : 0;
      scoring.compute(
          call, call.input(0).floats(), b * s.queries() * s.width(), s.queries(), key, b * s.keys() * s.width(),
          s.keys(), s.width(), scores, from);
      mask(s, call.mask(1), b, scores, from);
      for (int t = 0; t < s.queries(); t++) {
        call.kernels().softmax(scores, from + t * s.keys(), from + (t + 1) * s.keys());
      }
      int to = b * s.queries() * s.valueWidth();
      call.kernels().multiply(
          s.queries(), s.valueWidth(), s.keys(), scores, from, s.keys(),
          value, b * s.keys() * s.valueWidth(), s.valueWidth(), false, y, to, s.valueWidth(), false);
      silence(s, call.mask(0), b, y, to);
    }
  }

  private static void mask(Sizes s, @Nullable Tensor mask, int b, float[] scores, int from) {
    if (mask == null && !s.causal()) {
      return;
    }
    for (int t = 0; t < s.queries(); t++) {
      for (int j = 0; j < s.keys(); j++) {
        boolean open = (mask == null || mask.booleans()[b * s.keys() + j]) && (!s.causal() || j <= t);
        if (!open) {
          scores[from + t * s.keys() + j] -= Scores.MASKED;
        }
      }
    }
  }

  private static void silence(Sizes s, @Nullable Tensor mask, int b, float[] y, int from) {
    for (int t = 0; mask != null && t < s.queries(); t++) {
      if (!mask.booleans()[b * s.queries() + t]) {
        Arrays.fill(y, from + t * s.valueWidth(), from + (t + 1) * s.valueWidth(), 0);
      }
    }
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
