package dev.posthorn.engine.layers.attention;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Kernels;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The middle of a {@link MultiHeadAttention}: query (batch, T, heads, d), key (batch, S, heads, d) and value (batch, S,
 * heads, v) give softmax(scale query key' + mask) value of shape (batch, T, heads, v), and the scores (batch, heads, T,
 * S). A masked score gets -1e9, as in Keras' Softmax layer.
 */
final class Attend implements Layer {
  static final String MODULE = "keras.src.ops.posthorn";
  static final String NAME = "Attend";
  static final String SCALE = "scale";
  static final String CAUSAL = "causal";
  static final String WINDOW = "window";
  static final String SCORES = "scores";
  static final String MASK = "attention_mask";

  private record Sizes(
      int batch, int queries, int keys, int heads, int keyWidth, int valueWidth, float scale, boolean causal, int window,
      boolean scores, @Nullable MaskView mask) {
    boolean masks(Call call) {
      return mask != null || causal || window > 0 || call.mask(0) != null || call.mask(1) != null
          || call.mask(2) != null;
    }
  }

  Attend(LayerSpec spec) {
    spec.config().ignore("name");
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    TensorSpec query = call.input();
    Shape key = call.inputs().get(1).shape();
    Shape value = call.inputs().get(2).shape();
    if (!key.with(0, Shape.UNKNOWN).withLast(Shape.UNKNOWN).accepts(value)) {
      throw call.error("expected key and value of the same length, got %s and %s", key, value);
    }
    TensorSpec output = query.withLast(value.last());
    if (!Boolean.TRUE.equals(call.argument(-1, SCORES).value())) {
      return List.of(output);
    }
    Shape q = query.shape();
    return List.of(output, query.withShape(Shape.of(q.first(), q.dim(2), q.dim(1), key.dim(1))));
  }

  @Override
  public Object prepare(CallSpec call) {
    Shape q = call.input().shape();
    Shape k = call.inputs().get(1).shape();
    int mask = call.indexOf(MASK);
    return new Sizes(
        q.first(), q.dim(1), k.dim(1), q.dim(2), q.last(), call.inputs().get(2).shape().last(),
        (float) number(call, SCALE), Boolean.TRUE.equals(call.argument(-1, CAUSAL).value()),
        (int) number(call, WINDOW), Boolean.TRUE.equals(call.argument(-1, SCORES).value()),
        mask < 0 ? null : MaskView.of(call, mask, q.first(), q.dim(2), q.dim(1), k.dim(1)));
  }

  private static double number(CallSpec call, String key) {
    return call.argument(-1, key).value() instanceof Number number ? number.doubleValue() : 0;
  }

  @Override
  public void forward(Call call) {
    Sizes s = call.prepared(Sizes.class);
    Kernels kernels = call.kernels();
    float[] q = call.input(0).floats();
    float[] k = call.input(1).floats();
    float[] v = call.input(2).floats();
    float[] y = call.output(0).floats();
    int size = s.queries() * s.keys();
    float[] scores = s.scores() ? call.output(1).floats() : call.floats(0, size);
    int qRow = s.heads() * s.keyWidth();
    int vRow = s.heads() * s.valueWidth();
    boolean masks = s.masks(call);
    for (int b = 0; b < s.batch(); b++) {
      call.checkCancelled();
      for (int h = 0; h < s.heads(); h++) {
        int from = s.scores() ? (b * s.heads() + h) * size : 0;
        kernels.multiply(
            s.queries(), s.keys(), s.keyWidth(),
            q, b * s.queries() * qRow + h * s.keyWidth(), qRow,
            k, b * s.keys() * qRow + h * s.keyWidth(), qRow, true,
            scores, from, s.keys(), false);
        for (int i = from; i < from + size; i++) {
          scores[i] *= s.scale();
        }
        if (masks) {
          mask(call, s, b, h, scores, from);
        }
        for (int t = 0; t < s.queries(); t++) {
          kernels.softmax(scores, from + t * s.keys(), from + (t + 1) * s.keys());
        }
        kernels.multiply(
            s.queries(), s.valueWidth(), s.keys(),
            scores, from, s.keys(),
            v, b * s.keys() * vRow + h * s.valueWidth(), vRow, false,
            y, b * s.queries() * vRow + h * s.valueWidth(), vRow, false);
      }
    }
  }

  private static void mask(Call call, Sizes s, int b, int h, float[] scores, int from) {
    Tensor query = call.mask(0);
    Tensor key = call.mask(1);
    Tensor value = call.mask(2);
    MaskView explicit = s.mask();
    Tensor given = explicit == null ? null : call.input(explicit.input());
    for (int t = 0; t < s.queries(); t++) {
      boolean queryOpen = query == null || query.booleans()[b * s.queries() + t];
      for (int j = 0; j < s.keys(); j++) {
        boolean open =
            queryOpen
                && (key == null || key.booleans()[b * s.keys() + j])
                && (value == null || value.booleans()[b * s.keys() + j])
                && (!s.causal() || j <= t)
                && (s.window() == 0 || Math.abs(t - j) < s.window())
                && (explicit == null || given == null || explicit.open(given, b, h, t, j));
        if (!open) {
          scores[from + t * s.keys() + j] -= Scores.MASKED;
        }
      }
    }
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    int mask = call.indexOf(MASK);
    if (mask < 0) {
      return true;
    }
    Shape shape = call.inputs().get(mask).shape();
    return shape.rank() > 2 && shape.first() != 1;
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
