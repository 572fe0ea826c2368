package dev.posthorn.engine.keras;

import dev.posthorn.engine.ModelDescription;

/** Reads one form of model file. {@link ModelFiles} asks each in turn; the first that recognises the content reads it. */
interface ModelReader {
  /** Whether the content looks like this form, be it damaged; never throws. */
  boolean recognises(Source source);

  /**
   * Reads it.
   *
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL, UNSUPPORTED or TOO_LARGE, naming the place
   */
  ModelDescription read(Source source, ReadOptions options);
}
