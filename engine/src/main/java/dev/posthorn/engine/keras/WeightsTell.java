package dev.posthorn.engine.keras;

import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the shapes of a layer's weights tell of its config, for layers that someone spelled out without it. A table by
 * Keras' class names; a class that is not in it must bring its whole config. Shapes: Keras' build() of each class.
 */
final class WeightsTell {
  private WeightsTell() {}

  /** What a layer takes: type, and shape with the batch axis. */
  record Taken(DType dtype, Shape shape) {}

  /**
   * Puts the keys that are missing into the config.
   *
   * @throws InferenceException INVALID_MODEL where the weights leave it open
   */
  static void complete(String className, Map<String, @Nullable Object> config, List<Shape> weights, String place) {
    if (weights.isEmpty()) {
      return;
    }
    Shape first = weights.getFirst();
    int count = weights.size();
    switch (className) {
      case "Dense" -> {
        requireRank(first, 2, place);
        config.putIfAbsent("units", (long) first.last());
        config.putIfAbsent("use_bias", count > 1);
        config.putIfAbsent("activation", "linear");
      }
      case "Conv1D", "Conv2D", "Conv3D" -> {
        convolution(config, first, 2, place);
        config.putIfAbsent("filters", (long) first.last());
        config.putIfAbsent("use_bias", count > 1);
      }
      case "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose" -> {
        convolution(config, first, 2, place);
        config.putIfAbsent("filters", (long) first.dim(-2));
        config.putIfAbsent("use_bias", count > 1);
      }
      case "DepthwiseConv1D", "DepthwiseConv2D" -> {
        convolution(config, first, 2, place);
        config.putIfAbsent("depth_multiplier", (long) first.last());
        config.putIfAbsent("use_bias", count > 1);
      }
      case "SeparableConv1D", "SeparableConv2D" -> {
        convolution(config, first, 2, place);
        config.putIfAbsent("depth_multiplier", (long) first.last());
        if (count > 1 && weights.get(1).rank() > 0) {
          config.putIfAbsent("filters", (long) weights.get(1).last());
        }
        config.putIfAbsent("use_bias", count > 2);
      }
      case "BatchNormalization" -> scaleAndCenter(config, count - 2, place);
      case "LayerNormalization", "GroupNormalization" -> scaleAndCenter(config, count, place);
      case "Embedding" -> {
        requireRank(first, 2, place);
        config.putIfAbsent("input_dim", (long) first.first());
        config.putIfAbsent("output_dim", (long) first.last());
      }
      case "SimpleRNN" -> recurrent(config, weights, 1, place);
      case "LSTM" -> recurrent(config, weights, 4, place);
      case "GRU" -> {
        recurrent(config, weights, 3, place);
        if (count > 2) {
          config.putIfAbsent("reset_after", weights.get(2).rank() == 2);
        }
      }
      case "MultiHeadAttention" -> attention(config, weights, place);
      default -> {}
    }
  }

  /** What the layer takes, if its weights tell. */
  static Optional<Taken> input(String className, List<Shape> weights) {
    if (weights.isEmpty() || weights.getFirst().rank() == 0) {
      return Optional.empty();
    }
    Shape first = weights.getFirst();
    int unknown = Shape.UNKNOWN;
    return switch (className) {
      case "Dense", "BatchNormalization", "LayerNormalization" ->
          Optional.of(new Taken(DType.FLOAT32, Shape.of(unknown, first.first())));
      case "Embedding" -> Optional.of(new Taken(DType.INT32, Shape.of(unknown, unknown)));
      case "SimpleRNN", "LSTM", "GRU" -> Optional.of(new Taken(DType.FLOAT32, Shape.of(unknown, unknown, first.first())));
      case "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D" ->
          first.rank() < 3 ? Optional.empty() : Optional.of(image(first.rank() - 2, first.dim(-2)));
      case "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose" ->
          first.rank() < 3 ? Optional.empty() : Optional.of(image(first.rank() - 2, first.last()));
      default -> Optional.empty();
    };
  }

  private static Taken image(int axes, int channels) {
    int[] dims = new int[axes + 2];
    Arrays.fill(dims, Shape.UNKNOWN);
    dims[axes + 1] = channels;
    return new Taken(DType.FLOAT32, Shape.of(dims));
  }

  private static void convolution(Map<String, @Nullable Object> config, Shape kernel, int channelAxes, String place) {
    if (kernel.rank() <= channelAxes) {
      throw new InferenceException(
          Reason.INVALID_MODEL, place + ": expected a kernel of more than " + channelAxes + " axes, got shape " + kernel);
    }
    List<@Nullable Object> size = new ArrayList<>();
    for (int axis = 0; axis < kernel.rank() - channelAxes; axis++) {
      size.add((long) kernel.dim(axis));
    }
    config.putIfAbsent("kernel_size", size);
    config.putIfAbsent("activation", "linear");
  }

  private static void scaleAndCenter(Map<String, @Nullable Object> config, int count, String place) {
    if (count < 0 || count > 2) {
      throw new InferenceException(
          Reason.INVALID_MODEL, place + ": expected at most gamma and beta before its statistics, got " + count + " arrays");
    }
    if (count == 1 && config.get("scale") == null && config.get("center") == null) {
      throw new InferenceException(
          Reason.INVALID_MODEL, place + ": one array is gamma or beta; say which by scale or center in config_json");
    }
    boolean gamma =
        count == 2
            || (count == 1
                && (config.get("scale") instanceof Boolean scale ? scale : !Boolean.TRUE.equals(config.get("center"))));
    config.putIfAbsent("scale", gamma);
    config.putIfAbsent("center", count == 2 || (count == 1 && !gamma));
  }

  private static void recurrent(Map<String, @Nullable Object> config, List<Shape> weights, int gates, String place) {
    requireRank(weights.getFirst(), 2, place);
    config.putIfAbsent("units", (long) (weights.getFirst().last() / gates));
    config.putIfAbsent("use_bias", weights.size() > 2);
  }

  private static void attention(Map<String, @Nullable Object> config, List<Shape> weights, String place) {
    boolean bias = weights.size() == 8;
    Shape query = weights.getFirst();
    requireRank(query, 3, place);
    Shape value = weights.get(Math.min(weights.size() - 1, bias ? 4 : 2));
    config.putIfAbsent("num_heads", (long) query.dim(1));
    config.putIfAbsent("key_dim", (long) query.dim(2));
    if (value.rank() == 3) {
      config.putIfAbsent("value_dim", (long) value.dim(2));
    }
    config.putIfAbsent("use_bias", bias);
  }

  private static void requireRank(Shape kernel, int rank, String place) {
    if (kernel.rank() != rank) {
      throw new InferenceException(
          Reason.INVALID_MODEL, place + ": expected a first array of " + rank + " axes, got shape " + kernel);
    }
  }
}
