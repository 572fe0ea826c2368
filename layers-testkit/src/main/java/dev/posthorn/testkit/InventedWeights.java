package dev.posthorn.testkit;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Engine;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Finds out by loading which weights a layer wants, and makes them up. */
final class InventedWeights {
  private static final int MOST = 200;

  private InventedWeights() {}

  static List<ArrayTensor> of(LayerContract contract, Engine engine, ContractModel model) {
    SplittableRandom random = new SplittableRandom(contract.className().hashCode());
    List<ArrayTensor> weights = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      try {
        engine.load(model.describe(weights, DType.FLOAT32, Map.of(), 1)).close();
        return weights;
      } catch (InferenceException e) {
        if (e.reason() == Reason.MISSING_WEIGHTS) {
          weights.add(ArrayTensor.of(new float[1]));
        } else if (!weights.isEmpty() && isShape(e.metadata().get("expected"))) {
          weights.set(weights.size() - 1, random(contract, random, e.metadata().get("expected")));
        } else {
          throw e;
        }
      }
    }
    throw new AssertionError(contract.className() + " wants more than " + MOST / 2 + " weights");
  }

  private static boolean isShape(@Nullable String text) {
    return text != null && text.matches("\\[[\\d, ]*]");
  }

  private static ArrayTensor random(
      LayerContract contract, SplittableRandom random, @Nullable String shape) {
    String inside = shape == null ? "" : shape.substring(1, shape.length() - 1);
    int[] dims =
        inside.isBlank()
            ? new int[0]
            : Arrays.stream(inside.split(",", -1)).map(String::strip).mapToInt(Integer::parseInt).toArray();
    float[] values = new float[Shape.of(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(contract.minimum(), contract.maximum());
    }
    return ArrayTensor.of(values, dims);
  }
}
