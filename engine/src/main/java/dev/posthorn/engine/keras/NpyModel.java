package dev.posthorn.engine.keras;

import dev.posthorn.engine.ModelDescription;
import java.util.List;

/** A single array: one kernel without a bias, or the only weight of an architecture. */
final class NpyModel implements ModelReader {
  @Override
  public boolean recognises(Source source) {
    return source instanceof Source.File file && Npy.recognises(file.content());
  }

  @Override
  public ModelDescription read(Source source, ReadOptions options) {
    Source.File file = (Source.File) source;
    return BareArrays.describe(
        file, "npz", List.of(Npy.open(file.content(), file.what(), options.budget())), List.of(), options);
  }
}
