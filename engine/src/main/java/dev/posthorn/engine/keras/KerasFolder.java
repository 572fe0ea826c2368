package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.keras.content.Content;
import java.nio.file.Path;
import java.util.Optional;

/** An unzipped {@code .keras} file. Only paths of the names that Keras gives are opened, never one that leads outside. */
final class KerasFolder implements ModelReader {
  @Override
  public boolean recognises(Source source) {
    return source instanceof Source.Folder folder
        && folder.has(KerasArchive.CONFIG)
        && (folder.has(KerasArchive.METADATA)
            || folder.has(KerasArchive.WEIGHTS)
            || folder.has(KerasArchive.NUMPY_WEIGHTS));
  }

  @Override
  public ModelDescription read(Source source, ReadOptions options) {
    return archive((Source.Folder) source, options.budget()).read("folder", Optional.empty(), options);
  }

  static KerasArchive archive(Source.Folder source, Budget budget) {
    return new KerasArchive(name -> member(source.folder(), name, budget), source.what(), budget);
  }

  private static Optional<Content> member(Path folder, String name, Budget budget) {
    return FolderFiles.find(folder, name).map(file -> FileBytes.read(file, budget));
  }
}
