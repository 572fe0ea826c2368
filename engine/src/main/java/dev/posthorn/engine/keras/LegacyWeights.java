package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.engine.keras.hdf5.Hdf5Attribute;
import dev.posthorn.engine.keras.hdf5.Hdf5Group;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The weights of a whole-model HDF5 file, or of one by Keras 1 and 2 with weights alone: a group for each layer of the
 * model, whose {@code weight_names} give the order; the names themselves say nothing. Keras splits lists of names over 64 KB
 * into {@code weight_names0, weight_names1, ...}. Thread-safe. Source: keras.src.legacy.saving.legacy_h5_format.
 */
final class LegacyWeights implements WeightSource.ByLayer {
  static final String LAYER_NAMES = "layer_names";
  private static final String WEIGHT_NAMES = "weight_names";
  private static final String OF_MODEL = "top_level_model_weights";

  /** The state of random numbers, which Keras keeps as a weight of dropout and of image augmentation. */
  private static final Set<String> RANDOM_STATES = Set.of("StateVar", "seed_generator_state");

  private final Hdf5Group group;
  private final String what;
  private final Set<String> layers;

  private LegacyWeights(Hdf5Group group, String what, Set<String> layers) {
    this.group = group;
    this.what = what;
    this.layers = layers;
  }

  /** Whether the group holds weights by layer. */
  static boolean recognises(Hdf5Group group) {
    return group.attribute(LAYER_NAMES).isPresent() || group.attribute(LAYER_NAMES + "0").isPresent();
  }

  /**
   * Opens the group {@code model_weights} of a whole model, or the root of a file with weights alone.
   *
   * @param what the file, for messages
   * @throws InferenceException INVALID_MODEL if a layer has no group or is named twice
   */
  static LegacyWeights open(Hdf5Group group, String what, Budget budget) {
    Set<String> layers = new LinkedHashSet<>();
    List<String> names =
        names(group, LAYER_NAMES)
            .orElseThrow(
                () ->
                    new InferenceException(
                        Reason.INVALID_MODEL, place(what, group.path()) + " has no " + LAYER_NAMES + ", the list of its layers"));
    Budget.check("tensors", budget.tensors(), names.size(), what + ": layers with weights");
    for (String name : names) {
      if (!layers.add(name)) {
        throw new InferenceException(Reason.INVALID_MODEL, place(what, group.path()) + " names the layer '" + name + "' twice");
      }
    }
    return new LegacyWeights(group, what, layers);
  }

  /** The layers, in the order of the model. */
  Set<String> layers() {
    return layers;
  }

  @Override
  public Optional<List<StoredArray>> find(String layer) {
    return layers.contains(layer) ? Optional.of(arrays(layer)) : Optional.empty();
  }

  @Override
  public List<StoredArray> ofModel() {
    return group.has(OF_MODEL) ? arrays(OF_MODEL) : List.of();
  }

  @Override
  public Optional<String> backend() {
    return group.attribute("backend").filter(Hdf5Attribute::isText).map(Hdf5Attribute::text);
  }

  private List<StoredArray> arrays(String layer) {
    Hdf5Group own = group.group(layer).orElseThrow(() -> missing(group.path(), layer));
    List<String> names =
        names(own, WEIGHT_NAMES)
            .orElseThrow(
                () ->
                    new InferenceException(
                        Reason.INVALID_MODEL, place(what, own.path()) + " has no " + WEIGHT_NAMES + ", the list of its arrays"));
    List<StoredArray> arrays = new ArrayList<>(names.size());
    for (String name : names) {
      String last = name.substring(name.lastIndexOf('/') + 1);
      if (!RANDOM_STATES.contains(last.endsWith(":0") ? last.substring(0, last.length() - 2) : last)) {
        arrays.add(own.dataset(name).orElseThrow(() -> missing(own.path(), name)));
      }
    }
    return arrays;
  }

  private InferenceException missing(String path, String name) {
    return new InferenceException(
        Reason.MISSING_WEIGHTS, place(what, path) + " names '" + name + "', but does not hold it: saving it was cut short");
  }

  private static String place(String what, String path) {
    return path.isEmpty() ? what : what + ": " + path;
  }

  /** A list of names, whole or in parts. */
  private static Optional<List<String>> names(Hdf5Group group, String attribute) {
    Optional<Hdf5Attribute> whole = group.attribute(attribute);
    if (whole.isPresent()) {
      return whole.map(Hdf5Attribute::texts);
    }
    List<String> names = new ArrayList<>();
    int part = 0;
    for (Optional<Hdf5Attribute> next = group.attribute(attribute + part);
        next.isPresent();
        next = group.attribute(attribute + part)) {
      names.addAll(next.get().texts());
      part++;
    }
    return part == 0 ? Optional.empty() : Optional.of(names);
  }
}
