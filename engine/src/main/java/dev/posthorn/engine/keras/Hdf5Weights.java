package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Weights of an HDF5 file in memory, by path. Only the paths that are asked for are looked up, one group after the
 * other; links are refused, so that no file leads elsewhere or in circles. Whatever the HDF5 library throws on a damaged
 * file comes out as an InferenceException that names the path. Thread-safe.
 */
final class Hdf5Weights implements WeightSource.ByPath {
  private static final long SIGNATURE = 0x894844460d0a1a0aL;
  private static final String VARIABLES = "/vars";

  private final HdfFile file;
  private final ByteBuffer content;
  private final String what;
  private final Budget budget;

  /** The same file for groups that only {@link Hdf5Repairs} makes readable. */
  private volatile @Nullable HdfFile repaired;

  private Hdf5Weights(HdfFile file, ByteBuffer content, String what, Budget budget) {
    this.file = file;
    this.content = content;
    this.what = what;
    this.budget = budget;
  }

  /** Whether the content is HDF5: its signature at 0, or behind a user block of 512, 1024, 2048, ... bytes. */
  static boolean recognises(ByteBuffer content) {
    ByteBuffer bytes = content.slice().order(ByteOrder.BIG_ENDIAN);
    for (long at = 0; at + Long.BYTES <= bytes.limit(); at = at == 0 ? 512 : at * 2) {
      if (bytes.getLong((int) at) == SIGNATURE) {
        return true;
      }
    }
    return false;
  }

  /**
   * Opens a file in memory.
   *
   * @param what the file, for messages
   * @throws InferenceException INVALID_MODEL if it is no HDF5 file or a damaged one
   */
  static Hdf5Weights open(ByteBuffer content, String what, Budget budget) {
    if (!recognises(content)) {
      throw new InferenceException(Reason.INVALID_MODEL, what + " is not an HDF5 file");
    }
    long declared = Hdf5Repairs.declaredSize(content);
    if (declared > content.remaining()) {
      throw new InferenceException(
          Reason.INVALID_MODEL,
          what + " is a truncated HDF5 file: expected " + declared + " bytes, got " + content.remaining());
    }
    ByteBuffer bytes = content.slice();
    return contained(what, () -> new Hdf5Weights(HdfFile.fromByteBuffer(bytes.slice()), bytes, what, budget));
  }

  /** Whether the root has that attribute: {@code model_config} makes a file a whole model. */
  boolean hasAttribute(String name) {
    return contained(what, () -> file.getAttributes().containsKey(name));
  }

  @Override
  public boolean hasGroup(String path) {
    return contained(place(path), () -> node(path).filter(Group.class::isInstance).isPresent());
  }

  @Override
  public Optional<StoredArray> find(String path) {
    String place = place(path);
    return contained(
        place,
        () -> {
          Optional<Node> node = node(path);
          if (node.isPresent() && !(node.get() instanceof Dataset)) {
            throw new InferenceException(Reason.INVALID_MODEL, place + ": expected an array, got a group");
          }
          return node.map(found -> Hdf5Array.of((Dataset) found, place, budget));
        });
  }

  @Override
  public Optional<String> layerName(String path) {
    String group = path.endsWith(VARIABLES) ? path : path + VARIABLES;
    return contained(
        place(group),
        () -> {
          Optional<Node> node = node(group);
          Attribute name = node.isEmpty() ? null : node.get().getAttribute("name");
          return name != null && name.getData() instanceof String text ? Optional.of(text) : Optional.empty();
        });
  }

  private String place(String path) {
    return what + ": " + path;
  }

  private Optional<Node> node(String path) {
    try {
      return node(file, path);
    } catch (HdfException e) {
      HdfFile other = repaired;
      if (other == null) {
        other = HdfFile.fromByteBuffer(Hdf5Repairs.untagged(content));
        repaired = other;
      }
      return node(other, path);
    }
  }

  private Optional<Node> node(Group root, String path) {
    Group group = root;
    String[] names = path.split("/", -1);
    for (int i = 0; i < names.length; i++) {
      Node child = group.getChild(names[i]);
      if (child == null) {
        return Optional.empty();
      }
      if (child.isLink()) {
        throw new InferenceException(
            Reason.INVALID_MODEL, place(path) + ": " + names[i] + " is a link, and links are not followed");
      }
      if (i == names.length - 1) {
        return Optional.of(child);
      }
      if (!(child instanceof Group inner)) {
        return Optional.empty();
      }
      group = inner;
    }
    return Optional.empty();
  }

  /** Runs a piece of work on the HDF5 library; what it throws on damaged files becomes INVALID_MODEL. */
  static <T> T contained(String place, Supplier<T> work) {
    try {
      return work.get();
    } catch (InferenceException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new InferenceException(
          Reason.INVALID_MODEL,
          Map.of(),
          place + " cannot be read, the HDF5 file is damaged: " + cause.getClass().getSimpleName() + detail(cause),
          e);
    }
  }

  private static String detail(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? "" : ": " + message.lines().findFirst().orElse("");
  }
}
