package dev.posthorn.engine.layers.normalization;

import dev.posthorn.engine.layers.normalization.ChannelScale.Factors;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.Derived;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.Weight;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** BatchNormalization and Rescaling, made from their configs. */
final class ScaleLayers {
  private static final double BATCH_EPSILON = 1e-3;

  private ScaleLayers() {}

  /**
   * gamma (x - moving mean) / sqrt(moving variance + epsilon) + beta for each index of one axis. Weights: gamma (if
   * scale), beta (if center), moving_mean, moving_variance.
   */
  static Layer batchNormalization(LayerSpec spec) {
    Config config = spec.config();
    config.ignore("momentum", "synchronized", "renorm_momentum", "renorm_clipping", "fused", "virtual_batch_size");
    int[] axes = config.has("axis") ? config.integers("axis") : new int[] {-1};
    if (axes.length != 1) {
      throw spec.unsupported("BatchNormalization over %d axes at once", axes.length);
    }
    double epsilon = config.number("epsilon", BATCH_EPSILON);
    int axis = spec.input().shape().axis(axes[0]);
    Shape shape = Shape.of(spec.input().shape().dim(axis));
    if (!shape.isKnown()) {
      throw spec.error("expected a known length along axis %d, got shape %s", axis, spec.input().shape());
    }
    Optional<Weight> gamma =
        config.flag("scale", true) ? Optional.of(spec.weight("gamma", shape)) : Optional.empty();
    Optional<Weight> beta =
        config.flag("center", true) ? Optional.of(spec.weight("beta", shape)) : Optional.empty();
    Weight mean = spec.nonTrainableWeight("moving_mean", shape);
    Weight variance = spec.nonTrainableWeight("moving_variance", shape);
    if (config.flag("renorm", false)) {
      throw spec.unsupported("BatchNormalization with renorm");
    }
    Derived<Factors> factors = spec.derive(() -> factors(gamma, beta, mean, variance, epsilon));
    return new ChannelScale(axis, factors);
  }

  private static Factors factors(
      Optional<Weight> gamma, Optional<Weight> beta, Weight mean, Weight variance, double epsilon) {
    double[] scales = variance.asDoubles().clone();
    double[] shifts = mean.asDoubles().clone();
    for (int i = 0; i < scales.length; i++) {
      double g = gamma.isPresent() ? gamma.get().asDoubles()[i] : 1;
      scales[i] = g / Math.sqrt(scales[i] + epsilon);
      shifts[i] = (beta.isPresent() ? beta.get().asDoubles()[i] : 0) - shifts[i] * scales[i];
    }
    return Factors.of(scales, shifts);
  }

  /** keras.layers.Rescaling: scale x + offset, with one number each or one for each index of the last axis. */
  static Layer rescaling(LayerSpec spec) {
    double[] scale = vector(spec, "scale", null);
    double[] offset = vector(spec, "offset", new double[] {0});
    int n = Math.max(scale.length, offset.length);
    int last = spec.input().shape().rank() == 0 ? 1 : spec.input().shape().last();
    if (n != 1 && n != last && last != Shape.UNKNOWN
        || Math.min(scale.length, offset.length) != 1 && scale.length != offset.length) {
      throw spec.error("expected scale and offset of 1 or %d numbers, got %d and %d", last, scale.length, offset.length);
    }
    Factors factors = Factors.of(repeat(scale, n), repeat(offset, n));
    return new ChannelScale(-1, () -> factors);
  }

  private static double[] repeat(double[] values, int n) {
    if (values.length == n) {
      return values;
    }
    double[] all = new double[n];
    Arrays.fill(all, values[0]);
    return all;
  }

  /** A number, a list, or an array object with a list of numbers along one axis. */
  private static double[] vector(LayerSpec spec, String key, double @Nullable [] otherwise) {
    Object value = spec.config().value(key);
    if (value == null && otherwise != null) {
      return otherwise;
    }
    if (value instanceof Map<?, ?> object && object.get("config") instanceof Map<?, ?> array) {
      value = array.get("value");
    }
    List<?> list = value instanceof List<?> several ? several : Arrays.asList(value);
    double[] numbers = new double[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(list.get(i) instanceof Number number)) {
        throw spec.error("expected %s as a number or a list of numbers, got %s", key, String.valueOf(value));
      }
      numbers[i] = number.doubleValue();
    }
    if (numbers.length == 0) {
      throw spec.error("expected numbers in %s", key);
    }
    return numbers;
  }
}
