package dev.posthorn.engine.keras.legacy;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The config of one layer, from the keys of Keras 1 and 2 to those of Keras 3. Source: get_config() of the layers in Keras
 * 1.2.2, 2.2.4, 2.15 and keras.legacy.interfaces of 2.x.
 */
final class LayerConfigs {
  private static final List<String> TRAINING = List.of("_initializer", "_regularizer", "_constraint", "_init");

  /** Without influence on inference. */
  private static final Set<String> IGNORED =
      Set.of(
          "init", "inner_init", "consume_less", "dropout_W", "dropout_U", "cache_enabled", "input_length", "implementation",
          "experimental_autocast", "autocast", "batch_input_shape", "input_dtype", "input_spec", "renorm_momentum",
          "renorm_clipping", "renorm", "virtual_batch_size", "fused", "synchronized", "query_shape", "key_shape",
          "value_shape", "build_input_shape", "W_learning_rate_multiplier", "b_learning_rate_multiplier", "noise_shape");

  private static final Map<String, String> KEYS =
      Map.ofEntries(
          Map.entry("nb_filter", "filters"),
          Map.entry("filter_length", "kernel_size"),
          Map.entry("border_mode", "padding"),
          Map.entry("subsample", "strides"),
          Map.entry("subsample_length", "strides"),
          Map.entry("stride", "strides"),
          Map.entry("atrous_rate", "dilation_rate"),
          Map.entry("pool_length", "pool_size"),
          Map.entry("inner_activation", "recurrent_activation"),
          Map.entry("bias", "use_bias"),
          Map.entry("p", "rate"),
          Map.entry("sigma", "stddev"));

  private static final Map<String, String> ORDERINGS = Map.of("th", "channels_first", "tf", "channels_last");

  private LayerConfigs() {}

  /**
   * Translates a config; values that are objects must have been translated before.
   *
   * @param written the class name in the file
   * @param today the class name in Keras 3
   */
  static Map<String, @Nullable Object> translate(
      String written, String today, Map<String, @Nullable Object> config, String place) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    config.forEach((key, value) -> {
      if (!IGNORED.contains(key) && TRAINING.stream().noneMatch(key::endsWith)) {
        result.put(KEYS.getOrDefault(key, key), value);
      }
    });
    kernelSize(result);
    if (result.remove("dim_ordering") instanceof String ordering && ORDERINGS.containsKey(ordering)) {
      result.put("data_format", ORDERINGS.get(ordering));
    }
    switch (today) {
      case "Dense", "LSTM", "GRU", "SimpleRNN" -> {
        rename(result, "output_dim", "units");
        result.remove("input_dim");
      }
      case "Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D" -> {
        result.remove("input_dim");
        if (Long.valueOf(1).equals(result.get("groups"))) {
          result.remove("groups");
        }
      }
      case "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose" -> result.remove("output_shape");
      case "Embedding" -> result.remove("dropout");
      case "UpSampling1D" -> rename(result, "length", "size");
      case "LeakyReLU" -> rename(result, "alpha", "negative_slope");
      case "BatchNormalization" -> batchNormalization(result, place);
      case "Discretization" -> rename(result, "bins", "bin_boundaries");
      case "ZeroPadding2D", "ZeroPadding1D", "ZeroPadding3D" -> padding(result);
      default -> {}
    }
    switch (written) {
      case "CuDNNLSTM" -> cudnn(result);
      case "CuDNNGRU" -> {
        cudnn(result);
        result.put("reset_after", true);
      }
      default -> {}
    }
    return result;
  }

  private static void kernelSize(Map<String, @Nullable Object> config) {
    for (List<String> keys : List.of(List.of("nb_row", "nb_col"), List.of("kernel_dim1", "kernel_dim2", "kernel_dim3"))) {
      if (keys.stream().allMatch(key -> config.get(key) != null)) {
        List<@Nullable Object> size = new ArrayList<>();
        keys.forEach(key -> size.add(config.remove(key)));
        config.put("kernel_size", size);
      }
    }
  }

  private static void rename(Map<String, @Nullable Object> config, String from, String to) {
    if (config.containsKey(from)) {
      Object value = config.remove(from);
      config.putIfAbsent(to, value);
    }
  }

  private static void batchNormalization(Map<String, @Nullable Object> config, String place) {
    if (config.get("axis") instanceof List<?> axes && axes.size() == 1) {
      config.put("axis", axes.get(0));
    }
    Object mode = config.remove("mode");
    if (mode instanceof Long number && number != 0) {
      throw new InferenceException(
          Reason.UNSUPPORTED,
          place + ": BatchNormalization of mode " + number
              + " normalises by the statistics of each batch or sample; only mode 0 is supported");
    }
  }

  /** Keras 1 also writes {top_pad, bottom_pad, left_pad, right_pad}. */
  private static void padding(Map<String, @Nullable Object> config) {
    if (config.get("padding") instanceof Map<?, ?> pads && pads.containsKey("top_pad")) {
      config.put(
          "padding",
          List.of(
              List.of(count(pads, "top_pad"), count(pads, "bottom_pad")),
              List.of(count(pads, "left_pad"), count(pads, "right_pad"))));
    } else if (config.get("padding") instanceof List<?> four && four.size() == 4) {
      config.put("padding", List.of(four.subList(0, 2), four.subList(2, 4)));
    }
  }

  private static Object count(Map<?, ?> pads, String key) {
    Object value = pads.get(key);
    return value == null ? 0L : value;
  }

  private static void cudnn(Map<String, @Nullable Object> config) {
    config.put("activation", "tanh");
    config.put("recurrent_activation", "sigmoid");
    config.put("use_bias", true);
  }
}
