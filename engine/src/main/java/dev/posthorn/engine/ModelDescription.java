package dev.posthorn.engine;

import dev.posthorn.spi.KerasVersion;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a model file says, whatever wrote it: every reader ends here, and the engine starts here.
 *
 * @param name the model's name, for messages
 * @param format keras, folder, h5, weights, shards, npz, json, savedmodel, checkpoint or description
 * @param kerasVersion by which Keras it was written, where the meaning of a layer depends on it
 * @param digest SHA-256 of the file, hexadecimal; empty where there is no file; may have to be waited for
 * @param root the model as Keras 3 serializes it: an object with module, class_name, config, registered_name,
 *     build_config; JSON as Map, List, String, Long, Double, Boolean, null
 * @param weights where the arrays are
 * @param assets files beside the weights, such as vocabularies
 * @param example inputs and outputs to be reproduced before the model goes live
 */
public record ModelDescription(
    String name,
    String format,
    KerasVersion kerasVersion,
    Supplier<String> digest,
    Map<String, @Nullable Object> root,
    WeightSource weights,
    Assets assets,
    Optional<Example> example) {

  /** One whose digest is known. */
  public ModelDescription(
      String name,
      String format,
      KerasVersion kerasVersion,
      String sha256,
      Map<String, @Nullable Object> root,
      WeightSource weights,
      Assets assets,
      Optional<Example> example) {
    this(name, format, kerasVersion, () -> sha256, root, weights, assets, example);
  }

  /**
   * SHA-256 of the file, hexadecimal; empty where there is no file. Waits until it is computed.
   *
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL if the file could not be read to its end
   */
  public String sha256() {
    return digest.get();
  }

  public ModelDescription withRoot(Map<String, @Nullable Object> newRoot) {
    return new ModelDescription(name, format, kerasVersion, digest, newRoot, weights, assets, example);
  }

  public ModelDescription withWeights(WeightSource newWeights, Assets newAssets) {
    return new ModelDescription(name, format, kerasVersion, digest, root, newWeights, newAssets, example);
  }

  public ModelDescription withExample(Optional<Example> newExample) {
    return new ModelDescription(name, format, kerasVersion, digest, root, weights, assets, newExample);
  }
}
