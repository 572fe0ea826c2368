package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.keras.content.Digest;
import java.util.List;
import java.util.Optional;

/** A {@code .keras} file: any zip that is no {@code .npz}. */
final class KerasZip implements ModelReader {
  @Override
  public boolean recognises(Source source) {
    return source instanceof Source.File file
        && ZipArchive.recognises(file.content())
        && !NpzModel.isNpz(file);
  }

  @Override
  public ModelDescription read(Source source, ReadOptions options) {
    Source.File file = (Source.File) source;
    return archive(file, options.budget()).read("keras", Optional.of(Digest.of(List.of(file.content()))), options);
  }

  static KerasArchive archive(Source.File file, Budget budget) {
    return new KerasArchive(ZipArchive.open(file.content(), file.what(), budget)::find, file.what(), budget);
  }
}
