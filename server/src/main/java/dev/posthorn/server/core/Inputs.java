package dev.posthorn.server.core;

import dev.posthorn.engine.Signature;
import java.util.List;

/** The tensors of a request; some protocols need the signature to know what was sent. */
@FunctionalInterface
public interface Inputs {
  /**
   * The tensors, named as they were sent.
   *
   * @throws dev.posthorn.spi.InferenceException MALFORMED_TENSOR, INVALID_DTYPE, UNKNOWN_INPUT
   */
  List<Signature.Named> tensors(Signature signature);
}
