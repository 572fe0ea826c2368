package dev.posthorn.spi;

/** What becomes of a Keras mask on its way through a layer. */
public enum Masking {
  /** The outputs have no mask. */
  DROP,
  /** Output 0 has the mask of input 0. */
  PASS,
  /** The layer writes the mask of output 0 itself: {@link Layer#maskShape}, {@link Call#outputMask}. */
  COMPUTE
}
