package dev.posthorn.engine.keras;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Files that a model names or implies, in the model's own folder: nothing outside of it is opened, by name or by link. */
final class FolderFiles {
  private static final Set<String> OUTWARD = Set.of("", ".", "..");

  private FolderFiles() {}

  /**
   * A regular file of that name, with {@code /} between folders.
   *
   * @return empty if there is none, or the name leads elsewhere
   * @throws InferenceException INVALID_MODEL if it is a link out of the folder
   */
  static Optional<Path> find(Path folder, String name) {
    Path file = folder;
    for (String part : name.split("/", -1)) {
      if (OUTWARD.contains(part) || part.indexOf('\\') >= 0 || part.indexOf(':') >= 0 || part.indexOf('\0') >= 0) {
        return Optional.empty();
      }
      file = file.resolve(part);
    }
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      if (!file.toRealPath().startsWith(folder.toRealPath())) {
        throw new InferenceException(
            Reason.INVALID_MODEL,
            name + " of " + folder + " is a link that leads out of the folder, which is not followed; put the file itself there");
      }
    } catch (IOException e) {
      throw new InferenceException(Reason.INVALID_MODEL, Map.of(), file + " cannot be read: " + e.getMessage(), e);
    }
    return Optional.of(file);
  }
}
