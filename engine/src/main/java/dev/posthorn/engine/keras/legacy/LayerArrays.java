package dev.posthorn.engine.keras.legacy;

import dev.posthorn.engine.StoredArray;
import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The arrays of one layer, from what Keras 1, Theano, CuDNN and early tf.keras wrote to the layout of Keras 3. */
final class LayerArrays {
  private static final List<String> NORMALIZATION = List.of("gamma", "beta", "mean", "std", "var", "variance");

  private LayerArrays() {}

  /**
   * Converts them.
   *
   * @param className as in Keras 3
   * @param config translated
   * @param backend that the file was written with; empty if it does not say
   */
  static List<StoredArray> converted(String className, Map<?, ?> config, String backend, List<StoredArray> arrays) {
    return switch (className) {
      case "Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose", "SeparableConv2D" ->
          convolution(className, config, backend, arrays);
      case "LSTM" -> recurrent(arrays, List.of("i", "f", "c", "o"), List.of("i", "c", "f", "o"));
      case "GRU" -> recurrent(arrays, List.of("z", "r", "h"), List.of("z", "r", "h"));
      case "BatchNormalization" -> normalization(arrays);
      default -> arrays;
    };
  }

  /** The last part of the name in the file, without TensorFlow's {@code :0}. */
  static String plainName(StoredArray array) {
    String name = array.name().substring(array.name().lastIndexOf('/') + 1);
    return name.endsWith(":0") ? name.substring(0, name.length() - 2) : name;
  }

  /** Keras 1 wrote {@code convolution2d_1_W}; with Theano without {@code :0}, and then for true convolutions. */
  private static List<StoredArray> convolution(
      String className, Map<?, ?> config, String backend, List<StoredArray> arrays) {
    List<StoredArray> result = new ArrayList<>(arrays);
    StoredArray kernel = arrays.get(0);
    boolean first = plainName(kernel).endsWith("_W");
    boolean theano =
        backend.equals("theano") || backend.isEmpty() && first && !kernel.name().endsWith(":0");
    if (first || className.equals("SeparableConv2D") && plainName(kernel).endsWith("_depthwise_kernel")) {
      boolean channelsFirst = "channels_first".equals(config.get("data_format"));
      kernel = layout(className, channelsFirst, kernel);
      if (className.equals("SeparableConv2D") && channelsFirst && arrays.size() > 1 && arrays.get(1).shape().rank() == 4) {
        result.set(1, ConvertedArray.transposed(arrays.get(1), 2, 3, 1, 0));
      }
    }
    if (theano && !className.equals("SeparableConv2D") && kernel.shape().rank() > 2) {
      kernel = ConvertedArray.flipped(kernel);
    }
    result.set(0, kernel);
    return result;
  }

  private static StoredArray layout(String className, boolean channelsFirst, StoredArray kernel) {
    Shape shape = kernel.shape();
    return switch (className) {
      case "Conv1D" -> {
        if (shape.rank() != 4) {
          yield kernel;
        }
        StoredArray columns = shape.dim(1) == 1 ? kernel : ConvertedArray.transposed(kernel, 2, 3, 1, 0);
        Shape four = columns.shape();
        yield ConvertedArray.reshaped(columns, Shape.of(four.dim(0), four.dim(2), four.dim(3)));
      }
      case "Conv2D", "SeparableConv2D" ->
          channelsFirst && shape.rank() == 4 ? ConvertedArray.transposed(kernel, 2, 3, 1, 0) : kernel;
      case "Conv3D" -> channelsFirst && shape.rank() == 5 ? ConvertedArray.transposed(kernel, 2, 3, 4, 1, 0) : kernel;
      case "Conv2DTranspose" -> {
        if (shape.rank() != 4) {
          yield kernel;
        }
        yield channelsFirst
            ? ConvertedArray.transposed(kernel, 2, 3, 0, 1)
            : ConvertedArray.transposed(kernel, 0, 1, 3, 2);
      }
      default -> kernel;
    };
  }

  /**
   * One kernel for all gates: of Keras 1's matrices for each gate, or of CuDNN's, where each gate's block is stored as the
   * transposed matrix and there is a bias for the input and one for the state.
   */
  private static List<StoredArray> recurrent(List<StoredArray> arrays, List<String> gates, List<String> stored) {
    if (arrays.size() == 3 * gates.size() && arrays.size() > 3) {
      List<StoredArray> joined = new ArrayList<>();
      List<String> kinds = List.of("W", "U", "b");
      for (int kind = 0; kind < kinds.size(); kind++) {
        List<StoredArray> parts = new ArrayList<>();
        for (String gate : gates) {
          int position = 3 * stored.indexOf(gate) + kind;
          String suffix = "_" + kinds.get(kind) + "_" + gate;
          parts.add(
              arrays.stream().filter(array -> plainName(array).endsWith(suffix)).findFirst().orElse(arrays.get(position)));
        }
        joined.add(ConvertedArray.joined(parts));
      }
      return joined;
    }
    boolean cudnn =
        arrays.size() == 3
            && arrays.get(1).shape().rank() == 2
            && arrays.get(2).shape().rank() == 1
            && arrays.get(2).shape().size() == 2 * gates.size() * arrays.get(1).shape().dim(0);
    if (!cudnn) {
      return arrays;
    }
    StoredArray bias = arrays.get(2);
    int width = bias.shape().size() / 2;
    return List.of(
        blocksTurned(arrays.get(0), gates.size()),
        blocksTurned(arrays.get(1), gates.size()),
        gates.size() == 4 ? ConvertedArray.halvesAdded(bias) : ConvertedArray.reshaped(bias, Shape.of(2, width)));
  }

  /** Each gate's columns hold, row by row, the elements of a matrix of (units, inputs); wanted is its transpose. */
  private static StoredArray blocksTurned(StoredArray kernel, int gates) {
    int rows = kernel.shape().dim(0);
    int width = kernel.shape().dim(1);
    int units = width / gates;
    return ConvertedArray.gathered(kernel, kernel.shape(), i -> {
      int row = i / width;
      int column = i % width;
      int gate = column / units;
      int unit = column % units;
      int inBlock = unit * rows + row;
      return inBlock / units * width + gate * units + inBlock % units;
    });
  }

  /** tf.keras 2.0 wrote beta before gamma. Keras 1 calls the variance running_std. */
  private static List<StoredArray> normalization(List<StoredArray> arrays) {
    List<StoredArray> sorted = new ArrayList<>(arrays);
    if (sorted.stream().allMatch(array -> place(array) >= 0)) {
      sorted.sort(Comparator.comparingInt(LayerArrays::place));
    }
    return sorted;
  }

  private static int place(StoredArray array) {
    String name = plainName(array);
    return NORMALIZATION.indexOf(name.substring(name.lastIndexOf('_') + 1));
  }
}
