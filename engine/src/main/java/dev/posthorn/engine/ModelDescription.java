package dev.posthorn.engine;

import dev.posthorn.spi.KerasVersion;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a model file says, whatever wrote it: every reader ends here, and the engine starts here.
 *
 * @param name the model's name, for messages
 * @param format keras, folder, h5, weights, shards, npz, json, savedmodel, checkpoint or description
 * @param kerasVersion by which Keras it was written, where the meaning of a layer depends on it
 * @param sha256 of the file, hexadecimal; empty where there is no file
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
    String sha256,
    Map<String, @Nullable Object> root,
    WeightSource weights,
    Assets assets,
    Optional<Example> example) {}
