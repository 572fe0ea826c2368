package dev.posthorn.server.grpc;

import dev.posthorn.engine.Signature;
import dev.posthorn.server.core.CallCancellation;
import dev.posthorn.server.core.Inputs;
import dev.posthorn.server.core.Limits;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A PredictRequest, PredictStreamRequest or TraceRequest as it stands in a message; their fields agree in numbers and
 * meaning as far as they go. {@link PredictReader} fills it in.
 */
final class SentPredict {
  String model = "";
  long version;
  String label = "";
  final List<SentTensor> inputs = new ArrayList<>(1);

  /** Outputs wanted, or layers wanted in a TraceRequest. */
  final List<String> names = new ArrayList<>(0);

  String requestId = "";
  long timeoutMicros;
  boolean reportTiming;
  String sequenceId = "";
  boolean resetState;
  boolean endSequence;

  /** Why the message could not be decoded, which ends a call; null if it could. */
  @Nullable InferenceException undecodable;

  /** Bytes that it keeps while it waits for its answer. */
  long bytes;

  /** When it was decoded, on {@link System#nanoTime()}'s scale. */
  long receivedNanos;

  long decodeNanos;

  /**
   * Checks what needs no model.
   *
   * @throws InferenceException TOO_LARGE, INVALID_ARGUMENT, MALFORMED_TENSOR, INVALID_DTYPE
   */
  void check(Limits limits) {
    if (sizeOf(requestId) > limits.idBytes()) {
      throw Limits.tooLarge("id", limits.idBytes(), sizeOf(requestId), "bytes of request_id");
    }
    if (sizeOf(sequenceId) > limits.idBytes()) {
      throw Limits.tooLarge("id", limits.idBytes(), sizeOf(sequenceId), "bytes of sequence_id");
    }
    if (timeoutMicros < 0) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT, "expected timeout_micros of at least 0, got " + timeoutMicros);
    }
    for (SentTensor tensor : inputs) {
      TensorRules.check(tensor, limits, what(tensor));
    }
  }

  /** The request's id, to be echoed; empty if it is too long. */
  String echoedId(Limits limits) {
    return sizeOf(requestId) > limits.idBytes() ? "" : requestId;
  }

  private static int sizeOf(String id) {
    return id.isEmpty() ? 0 : id.getBytes(StandardCharsets.UTF_8).length;
  }

  /** The inputs, understood by a model's signature. */
  Inputs tensors() {
    return this::tensors;
  }

  private List<Signature.Named> tensors(Signature signature) {
    List<Signature.Named> named = new ArrayList<>(inputs.size());
    for (SentTensor tensor : inputs) {
      var declared = signature.inputs().get(signature.inputIndex(tensor.name)).spec().dtype();
      named.add(new Signature.Named(tensor.name, TensorRules.tensor(tensor, declared, what(tensor))));
    }
    return named;
  }

  private static String what(SentTensor tensor) {
    return tensor.name.isEmpty() ? "the input" : "input '" + tensor.name + "'";
  }

  boolean anyRaw() {
    return TensorElements.anyRaw(inputs);
  }

  /** Ends with the request's own timeout, counted from its receipt, or with the call's deadline. */
  CallCancellation cancellation(long callNanosLeft) {
    long nanos = timeoutMicros == 0 ? Long.MAX_VALUE : TimeUnit.MICROSECONDS.toNanos(timeoutMicros);
    nanos = Math.min(nanos, callNanosLeft);
    return nanos == Long.MAX_VALUE ? CallCancellation.create() : CallCancellation.after(receivedNanos, nanos);
  }
}
