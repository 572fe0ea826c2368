package dev.posthorn.engine.keras;

import dev.posthorn.engine.keras.content.Content;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where a model is read from. Readers recognise it by its content. */
sealed interface Source {
  /** The file's or folder's name, for messages. */
  String what();

  /** The file or folder; empty for bytes that came from elsewhere. */
  Optional<Path> path();

  /**
   * A file.
   *
   * @param content all of it
   */
  record File(String what, Optional<Path> path, Content content) implements Source {
    /** A file beside this one. */
    Optional<Path> sibling(String name) {
      return path.flatMap(file -> FolderFiles.find(file.toAbsolutePath().resolveSibling(""), name));
    }
  }

  /** A folder. */
  record Folder(Path folder) implements Source {
    @Override
    public String what() {
      return folder.toAbsolutePath().normalize().getFileName().toString();
    }

    @Override
    public Optional<Path> path() {
      return Optional.of(folder);
    }

    boolean has(String name) {
      return Files.isRegularFile(folder.resolve(name));
    }
  }
}
