package dev.posthorn.engine.keras.legacy;

import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a {@code .keras} file of Keras 2.12 to 2.15, found under the paths that Keras 3 would give them. The lists
 * of layers are called otherwise up to 2.14; 2.12 and 2.13 count layers with weights twice, so that numbers are left out:
 * what counts is how many groups of the class there are before. Parts of a layer may have a leading underscore, and on
 * Windows a path is one name with backslashes.
 */
public final class LegacyPaths implements WeightSource.ByPath {
  private static final String LAYERS = "layers";
  private static final String OLD_LAYERS = "_layer_checkpoint_dependencies";

  /** How many numbers in a row may be missing: 2.12 and 2.13 leave one out. */
  private static final int GAP = 2;

  private final WeightSource.ByPath file;
  private final Map<String, String> resolved = new ConcurrentHashMap<>();

  public LegacyPaths(WeightSource.ByPath file) {
    this.file = file;
  }

  @Override
  public boolean hasGroup(String path) {
    return isGroup(resolve(path));
  }

  @Override
  public Optional<StoredArray> find(String path) {
    int vars = path.lastIndexOf("/vars/");
    if (vars < 0) {
      return file.find(path);
    }
    String group = resolve(path.substring(0, vars));
    String rest = path.substring(vars);
    Optional<StoredArray> found = file.find(group + rest);
    return found.isPresent() || group.indexOf('/') < 0 ? found : file.find(group.replace('/', '\\') + rest);
  }

  /** The path that the file gives to a file beside the weights, such as a vocabulary. */
  public String asset(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? path : resolve(path.substring(0, slash)) + path.substring(slash);
  }

  @Override
  public Optional<String> layerName(String path) {
    return file.layerName(resolve(path));
  }

  private boolean isGroup(String path) {
    return file.hasGroup(path) || file.hasGroup(path.replace('/', '\\'));
  }

  private String resolve(String path) {
    if (path.isEmpty()) {
      return path;
    }
    String known = resolved.get(path);
    if (known == null) {
      int slash = path.lastIndexOf('/');
      String parent = slash < 0 ? "" : resolve(path.substring(0, slash));
      known = child(parent, path.substring(slash + 1));
      resolved.put(path, known);
    }
    return known;
  }

  private String child(String parent, String name) {
    String prefix = parent.isEmpty() ? "" : parent + "/";
    if (name.equals(LAYERS)) {
      return prefix + (file.hasGroup(prefix + OLD_LAYERS) ? OLD_LAYERS : LAYERS);
    }
    if (isList(parent, LAYERS) || isList(parent, OLD_LAYERS)) {
      String counted = counted(prefix, name);
      if (counted == null && isList(parent, LAYERS) && !file.hasGroup(parent)) {
        // A Windows file has no group of the list, which may have either name.
        counted = counted(prefix.substring(0, prefix.length() - LAYERS.length() - 1) + OLD_LAYERS + "/", name);
      }
      if (counted != null) {
        return counted;
      }
    }
    return !isGroup(prefix + name) && isGroup(prefix + "_" + name) ? prefix + "_" + name : prefix + name;
  }

  private static boolean isList(String path, String name) {
    return path.equals(name) || path.endsWith("/" + name);
  }

  /** The n-th group of that class, in the order of their numbers; null if there are fewer. */
  private @Nullable String counted(String prefix, String name) {
    int underscore = name.lastIndexOf('_');
    int index = underscore < 0 ? -1 : number(name.substring(underscore + 1));
    String base = index < 0 ? name : name.substring(0, underscore);
    int wanted = Math.max(index, 0);
    int missing = 0;
    for (int k = 0, found = -1; missing <= GAP; k++) {
      String candidate = prefix + base + (k == 0 ? "" : "_" + k);
      if (!isGroup(candidate)) {
        missing++;
        continue;
      }
      missing = 0;
      if (++found == wanted) {
        return candidate;
      }
    }
    return null;
  }

  private static int number(String text) {
    return !text.isEmpty() && text.length() < 7 && text.chars().allMatch(Character::isDigit) ? Integer.parseInt(text) : -1;
  }
}
