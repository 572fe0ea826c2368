package dev.posthorn.benchmarks;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.keras.GivenArray;
import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.engine.keras.SpelledLayer;
import dev.posthorn.engine.keras.SpelledModel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A chain of dense layers with seeded weights, the same for everybody who is measured: relu between the layers, nothing
 * after the last.
 *
 * @param sizes the features of the input, then the units of each layer
 */
record DenseNetwork(String name, List<Integer> sizes) {
  private static final long SEED = 20_261_123;

  DenseNetwork {
    sizes = List.copyOf(sizes);
  }

  int inputs() {
    return sizes.get(0);
  }

  int outputs() {
    return sizes.get(sizes.size() - 1);
  }

  int layers() {
    return sizes.size() - 1;
  }

  /** The kernel of a layer, row-major, inputs by units. */
  float[] kernel(int layer) {
    int rows = sizes.get(layer);
    return random(layer, rows * sizes.get(layer + 1), Math.sqrt(3.0 / rows));
  }

  float[] bias(int layer) {
    return random(1000 + layer, sizes.get(layer + 1), 0.1);
  }

  boolean reluAfter(int layer) {
    return layer + 1 < layers();
  }

  float[] batch(int rows) {
    return random(2000, rows * inputs(), 1);
  }

  private static float[] random(int stream, int count, double bound) {
    SplittableRandom random = new SplittableRandom(SEED + stream);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-bound, bound);
    }
    return values;
  }

  ModelDescription description() {
    List<SpelledLayer> spelled = new ArrayList<>();
    for (int i = 0; i < layers(); i++) {
      ArrayTensor kernel = ArrayTensor.of(kernel(i), sizes.get(i), sizes.get(i + 1));
      ArrayTensor bias = ArrayTensor.of(bias(i), sizes.get(i + 1));
      spelled.add(new SpelledLayer(
          "", "", reluAfter(i) ? "relu" : "linear", "", List.of(),
          List.of(new GivenArray("kernel", kernel), new GivenArray("bias", bias))));
    }
    return ModelFiles.describe(SpelledModel.of(spelled), ReadOptions.defaults());
  }
}
