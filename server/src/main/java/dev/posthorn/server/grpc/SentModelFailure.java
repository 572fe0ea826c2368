package dev.posthorn.server.grpc;

import dev.posthorn.spi.InferenceException;

/** Marks that what is wrong with a model is the request's fault, because the model came with it. */
final class SentModelFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  SentModelFailure(InferenceException cause) {
    super(cause);
  }
}
