package dev.posthorn.engine.keras;

import dev.posthorn.engine.keras.content.Content;
import java.util.Optional;

/** The members of a {@code .keras} model by name, in a zip or in a folder. */
@FunctionalInterface
interface ModelMembers {
  /** The content of {@code config.json}, {@code assets/layers/string_lookup/vocabulary.txt}, ... */
  Optional<Content> find(String name);
}
