package dev.posthorn.engine;

import java.util.Optional;

/** Files that a model brings beside its weights; the paths are keys and never touch a file system. */
@FunctionalInterface
public interface Assets {
  Assets NONE = path -> Optional.empty();

  /** The bytes of {@code layers/string_lookup/vocabulary.txt}. */
  Optional<byte[]> find(String path);
}
