package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.engine.keras.hdf5.Hdf5Attribute;
import dev.posthorn.engine.keras.hdf5.Hdf5Dataset;
import dev.posthorn.engine.keras.hdf5.Hdf5File;
import dev.posthorn.engine.keras.hdf5.Hdf5Group;
import dev.posthorn.engine.keras.hdf5.Hdf5Node;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.Arrays;
import java.util.Optional;

/**
 * Weights of an HDF5 file, by path. Only the paths that are asked for are looked up. Files that were written on
 * Windows have groups with back-slashes in their names, {@code layers\dense}: these are found as the path that they mean.
 * Thread-safe.
 */
final class Hdf5Weights implements WeightSource.ByPath {
  private static final String VARIABLES = "/vars";

  private final Hdf5Group root;
  private final String what;

  Hdf5Weights(Hdf5Group root, String what) {
    this.root = root;
    this.what = what;
  }

  /**
   * Opens a file.
   *
   * @param what the file, for messages
   * @throws InferenceException INVALID_MODEL if it is no HDF5 file or a damaged one
   */
  static Hdf5Weights open(Content content, String what, Budget budget) {
    return new Hdf5Weights(Hdf5File.open(content, what, budget).root(), what);
  }

  @Override
  public boolean hasGroup(String path) {
    return node(path).filter(Hdf5Group.class::isInstance).isPresent();
  }

  @Override
  public Optional<StoredArray> find(String path) {
    return node(path).map(node -> {
      if (node instanceof Hdf5Dataset dataset) {
        return dataset;
      }
      throw new InferenceException(Reason.INVALID_MODEL, what + ": " + path + ": expected an array, got a group");
    });
  }

  @Override
  public Optional<String> layerName(String path) {
    String group = path.endsWith(VARIABLES) ? path : path + VARIABLES;
    return node(group).flatMap(node -> node.attribute("name")).filter(Hdf5Attribute::isText).map(Hdf5Attribute::text);
  }

  private Optional<Hdf5Node> node(String path) {
    return node(root, path.split("/", -1));
  }

  /** Takes one name of the path, or several that one group with back-slashes holds together. */
  private static Optional<Hdf5Node> node(Hdf5Group group, String[] names) {
    String joined = "";
    for (int i = 0; i < names.length; i++) {
      joined = i == 0 ? names[0] : joined + "\\" + names[i];
      Optional<Hdf5Node> child = group.child(joined);
      if (child.isPresent()) {
        if (i == names.length - 1) {
          return child;
        }
        return child.get() instanceof Hdf5Group inner
            ? node(inner, Arrays.copyOfRange(names, i + 1, names.length))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }
}
