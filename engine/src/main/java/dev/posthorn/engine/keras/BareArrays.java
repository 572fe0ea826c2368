package dev.posthorn.engine.keras;

import dev.posthorn.engine.Assets;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.engine.keras.content.Digest;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Arrays in the order of get_weights() without a model around them. With an architecture they are its weights. Without
 * one they are Dense layers: each matrix is a kernel, an array of one axis that fits the kernel before it is its bias,
 * and one activation is given for each kernel. All numbers become float32 then, so that npz, JSON and a description give
 * the same bits; a float64 model needs its architecture.
 */
final class BareArrays {
  private BareArrays() {}

  /**
   * The model that these arrays are.
   *
   * @param activations that the file itself gives; those of the options come first
   * @throws InferenceException INVALID_MODEL if the arrays are no chain of Dense layers, or the number of activations is
   *     not that of the kernels
   */
  static ModelDescription describe(
      Source.File file, String format, List<StoredArray> arrays, List<String> activations, ReadOptions options) {
    Supplier<String> digest = Digest.of(List.of(file.content()));
    if (options.architecture().isPresent() && !options.activations().isEmpty()) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT, file.what() + ": give an architecture or activations, not both");
    }
    List<String> given = options.activations().isEmpty() ? activations : options.activations();
    Optional<Path> architecture =
        options.architecture().isPresent() || !given.isEmpty()
            ? options.architecture()
            : file.sibling(KerasArchive.CONFIG);
    if (architecture.isPresent()) {
      return withArchitecture(architecture.get(), format, arrays, digest, options);
    }
    SpelledModel spelled =
        SpelledModel.of(denses(file.what(), arrays, given))
            .withKerasVersion(options.kerasVersion().map(KerasVersion::toString).orElse(""));
    ModelDescription model = SpelledModels.describe(spelled, options);
    return new ModelDescription(
        options.name(),
        format,
        model.kerasVersion(),
        digest,
        model.root(),
        model.weights(),
        model.assets(),
        Optional.empty());
  }

  private static ModelDescription withArchitecture(
      Path file, String format, List<StoredArray> arrays, Supplier<String> digest, ReadOptions options) {
    Architecture architecture = Architecture.read(file, options.budget());
    return new ModelDescription(
        options.name(),
        format,
        architecture.kerasVersion().or(options::kerasVersion).orElse(KerasVersion.NEWEST),
        digest,
        architecture.root(),
        new WeightSource.InOrder(arrays),
        Assets.NONE,
        Optional.empty());
  }

  private static List<SpelledLayer> denses(String what, List<StoredArray> arrays, List<String> activations) {
    List<List<StoredArray>> layers = new ArrayList<>();
    for (StoredArray array : arrays) {
      if (array.shape().rank() == 2) {
        if (!layers.isEmpty()) {
          checkChain(layers.getLast().getFirst(), array);
        }
        layers.add(new ArrayList<>(List.of(Float32Array.of(array))));
      } else if (array.shape().rank() == 1 && !layers.isEmpty() && layers.getLast().size() == 1) {
        int units = layers.getLast().getFirst().shape().last();
        if (array.shape().last() != units) {
          throw new InferenceException(
              Reason.INVALID_MODEL,
              array.name() + ": expected a bias of shape [" + units + "] for the kernel before it, got shape "
                  + array.shape());
        }
        layers.getLast().add(Float32Array.of(array));
      } else {
        throw new InferenceException(
            Reason.INVALID_MODEL,
            array.name() + ": an array of shape " + array.shape()
                + " is neither a Dense kernel nor the bias of the kernel before it; give --architecture");
      }
    }
    if (layers.isEmpty()) {
      throw new InferenceException(Reason.INVALID_MODEL, what + " holds no arrays");
    }
    checkActivations(what, layers.size(), activations);
    List<SpelledLayer> spelled = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      spelled.add(new SpelledLayer("", "", activations.get(i), "", List.of(), layers.get(i)));
    }
    return spelled;
  }

  private static void checkChain(StoredArray before, StoredArray kernel) {
    if (kernel.shape().first() != before.shape().last()) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          kernel.name() + ": expected a kernel of " + before.shape().last() + " rows, as many as the kernel before it has"
              + " columns, got shape " + kernel.shape() + "; give --architecture if the model is no chain of Dense layers");
    }
  }

  private static void checkActivations(String what, int kernels, List<String> activations) {
    String wanted = kernels == 1 ? "1 kernel" : kernels + " kernels";
    if (activations.isEmpty()) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          what + " holds weights alone (" + wanted + "): give --architecture FILE, or --activations with one for each kernel");
    }
    if (activations.size() != kernels) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          what + " has " + wanted + ": expected as many activations, got " + activations.size() + " (" +
              String.join(",", activations) + ")");
    }
  }
}
