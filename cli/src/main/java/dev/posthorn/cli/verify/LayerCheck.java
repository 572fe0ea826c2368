package dev.posthorn.cli.verify;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Cancellation;
import dev.posthorn.engine.Comparison;
import dev.posthorn.engine.Conversions;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.TracedCall;
import dev.posthorn.spi.DType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds what every layer gives against a recording ({@code layers.npz}: arrays by layer name, {@code name:1} for a second
 * output). A layer that is used more than once is not recorded.
 */
final class LayerCheck {
  private final Map<String, StoredArray> recorded;
  private final double rtol;
  private final double atol;
  private final Set<String> missing;
  private @Nullable Difference first;

  /** The first layer, in order of execution, that differs. */
  record Difference(String layer, String message) {}

  private LayerCheck(Map<String, StoredArray> recorded, double rtol, double atol) {
    this.recorded = recorded;
    this.rtol = rtol;
    this.atol = atol;
    this.missing = new LinkedHashSet<>(recorded.keySet());
  }

  /** The first layer that differs, or null if all agree. */
  static @Nullable Difference run(
      Model model, List<ArrayTensor> inputs, Map<String, StoredArray> recorded, double rtol, double atol) {
    LayerCheck check = new LayerCheck(recorded, rtol, atol);
    model.trace(inputs, Set.of(), Cancellation.NONE, check::add);
    if (check.first == null && !check.missing.isEmpty()) {
      String name = check.missing.iterator().next();
      return new Difference(name, "layer '" + name + "' is recorded, but the model has none of that name");
    }
    return check.first;
  }

  private void add(TracedCall call) {
    for (int i = 0; i < call.outputs().size(); i++) {
      String numbered = call.layer() + ":" + i;
      String key = i == 0 && !recorded.containsKey(numbered) ? call.layer() : numbered;
      StoredArray wanted = recorded.get(key);
      if (wanted == null || !missing.remove(key) || first != null) {
        continue;
      }
      ArrayTensor got = call.outputs().get(i);
      ArrayTensor expected = wanted.read();
      if (expected.dtype() != got.dtype() && expected.dtype() != DType.STRING && got.dtype() != DType.STRING) {
        expected = Conversions.cast(expected, got.dtype());
      }
      Comparison comparison = Comparison.of(expected, got, rtol, atol);
      if (!comparison.passed()) {
        String place = comparison.index().length == 0 ? "" : comparison.place();
        String error = String.format(Locale.ROOT, "%.1e", comparison.error());
        first =
            new Difference(
                call.layer(),
                "the first layer that differs is '" + key + "' (" + call.className() + ")" + place + ": expected "
                    + comparison.expected() + ", got " + comparison.got() + " (error " + error + ")");
      }
    }
  }
}
