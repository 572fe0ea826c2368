package dev.posthorn.engine.layers.attention;

import dev.posthorn.spi.Argument;
import dev.posthorn.spi.Calls;
import dev.posthorn.spi.Composite;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.SubLayer;
import dev.posthorn.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * keras.layers.MultiHeadAttention over axis 1: query (batch, T, .), value and key (batch, S, .) give (batch, T, .), with
 * {@code return_attention_scores} also (batch, heads, T, S). Masks of query, value and key and {@code attention_mask}
 * are joined; the result has the query's mask.
 */
final class MultiHeadAttention implements Composite {
  static final String PROJECTION = "Posthorn>HeadProjection";

  private static final int ATTENTION_MASK = 6;

  private final SubLayer queryDense;
  private final SubLayer keyDense;
  private final SubLayer valueDense;
  private final SubLayer outputDense;
  private final double scale;
  private final int slidingWindow;

  MultiHeadAttention(LayerSpec spec) {
    Config config = spec.config();
    config.ignore("dropout", "flash_attention", "query_shape", "key_shape", "value_shape");
    if (config.flag("use_gate", false)) {
      throw spec.unsupported("use_gate");
    }
    int rank = spec.input().shape().rank();
    int[] axes = config.has("attention_axes") ? config.integers("attention_axes") : new int[] {1};
    if (rank != 3 || axes.length != 1 || (axes[0] != 1 && axes[0] != -2)) {
      throw spec.unsupported(
          "attention over other axes than the second of three (query %s, attention_axes %s)",
          spec.input().shape(), Arrays.toString(axes));
    }
    int heads = config.integer("num_heads");
    int keyDim = config.integer("key_dim");
    int valueDim = config.integer("value_dim", keyDim);
    boolean bias = config.flag("use_bias", true);
    int[] output =
        config.has("output_shape") ? config.integers("output_shape") : new int[] {spec.input().shape().last()};
    scale = 1 / Math.sqrt(keyDim);
    slidingWindow = config.integer("sliding_window", 0);
    queryDense = spec.sub("query_dense", PROJECTION, toHeads("query", heads, keyDim, bias));
    keyDense = spec.sub("key_dense", PROJECTION, toHeads("key", heads, keyDim, bias));
    valueDense = spec.sub("value_dense", PROJECTION, toHeads("value", heads, valueDim, bias));
    outputDense = spec.sub("output_dense", PROJECTION, fromHeads(output, bias));
  }

  private static Map<String, @Nullable Object> toHeads(String name, int heads, int width, boolean bias) {
    return projection(name, "abc,cde->abde", List.of((long) heads, (long) width), bias ? "de" : null);
  }

  private static Map<String, @Nullable Object> fromHeads(int[] shape, boolean bias) {
    String letters = "efghijklmnop".substring(0, shape.length);
    List<Long> lengths = new ArrayList<>();
    for (int length : shape) {
      lengths.add((long) length);
    }
    return projection("attention_output", "abcd,cd" + letters + "->ab" + letters, lengths, bias ? letters : null);
  }

  private static Map<String, @Nullable Object> projection(
      String name, String equation, List<Long> outputShape, @Nullable String biasAxes) {
    Map<String, @Nullable Object> config = new LinkedHashMap<>();
    config.put("name", name);
    config.put("equation", equation);
    config.put("output_shape", outputShape);
    config.put("bias_axes", biasAxes);
    return config;
  }

  private static Value required(Argument argument, String name, List<Value> inputs) {
    if (!argument.isTensor()) {
      throw new InferenceException(Reason.INVALID_MODEL, "MultiHeadAttention is called without a " + name);
    }
    return inputs.get(argument.input());
  }

  @Override
  public List<Value> call(Calls calls, List<Value> inputs) {
    Config constants = calls.arguments();
    constants.ignore("training", "mask");
    Value query = required(calls.argument(0, "query"), "query", inputs);
    Value value = required(calls.argument(1, "value"), "value", inputs);
    Argument given = calls.argument(2, "key");
    Value key = given.isTensor() ? inputs.get(given.input()) : value;
    Argument attentionMask = calls.argument(ATTENTION_MASK, "attention_mask");
    boolean returnScores = constants.flag("return_attention_scores", false);
    Map<String, @Nullable Object> keywords = new LinkedHashMap<>();
    keywords.put(Attend.SCALE, scale);
    keywords.put(Attend.CAUSAL, constants.flag("use_causal_mask", false));
    keywords.put(Attend.WINDOW, (long) slidingWindow);
    keywords.put(Attend.SCORES, returnScores);
    if (attentionMask.isTensor()) {
      keywords.put(Attend.MASK, inputs.get(attentionMask.input()));
    }
    List<Value> attended =
        calls.operation(
            Attend.MODULE,
            Attend.NAME,
            List.of(
                calls.call(queryDense, query).get(0),
                calls.call(keyDense, key).get(0),
                calls.call(valueDense, value).get(0)),
            keywords);
    Value output = calls.call(outputDense, attended.get(0)).get(0);
    return returnScores ? List.of(output, attended.get(1)) : List.of(output);
  }
}
