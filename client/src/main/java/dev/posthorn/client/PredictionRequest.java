package dev.posthorn.client;

import static java.util.Objects.requireNonNull;

import dev.posthorn.v1.PredictRequest;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.Tensor;
import dev.posthorn.v1.TraceRequest;
import java.time.Duration;
import java.util.List;

/**
 * One batch of features and what is asked about it. Immutable: {@code with...} methods give changed copies.
 *
 * <pre>{@code
 * PredictionRequest.of("iris", Tensors.of(rows)).withVersion(3).withTimeout(Duration.ofMillis(50))
 * }</pre>
 *
 * @param model the model's name; empty in a stream: the stream's model
 * @param version 0: the version that the model's policy serves
 * @param versionLabel such as {@code stable}, or empty; not together with a version
 * @param inputs in any order, each once; the name may be empty where there is only one
 * @param outputs the outputs wanted; empty: all
 * @param requestId echoed in the answer and in the server's log; at most 128 bytes
 * @param timeout after which an answer is of no use; zero: none of its own
 * @param reportTiming whether the answer tells how long decoding, waiting and computing took
 * @param sequenceId in a stream to a stateful model: which sequence it goes on with
 * @param resetState in a stream: start the sequence from zero state before this message
 * @param endSequence in a stream: drop the sequence's state after this message
 */
public record PredictionRequest(
    String model,
    long version,
    String versionLabel,
    List<Tensor> inputs,
    List<String> outputs,
    String requestId,
    Duration timeout,
    boolean reportTiming,
    String sequenceId,
    boolean resetState,
    boolean endSequence) {

  public PredictionRequest {
    requireNonNull(model, "model");
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    if (version < 0) {
      throw new IllegalArgumentException("version: expected 0 or more, got " + version);
    }
    if (version != 0 && !versionLabel.isEmpty()) {
      throw new IllegalArgumentException("version " + version + " and label '" + versionLabel + "': give one of them");
    }
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout: expected zero or more, got " + timeout);
    }
  }

  /** A batch for a model. */
  public static PredictionRequest of(String model, Tensor... inputs) {
    return new PredictionRequest(
        model, 0, "", List.of(inputs), List.of(), "", Duration.ZERO, false, "", false, false);
  }

  /** A batch for the model of the stream that it is sent in. */
  public static PredictionRequest of(Tensor... inputs) {
    return of("", inputs);
  }

  /** For another model. */
  public PredictionRequest withModel(String name) {
    return new PredictionRequest(
        name, version, versionLabel, inputs, outputs, requestId, timeout, reportTiming, sequenceId, resetState, endSequence);
  }

  /** To be answered by this version. */
  public PredictionRequest withVersion(long number) {
    return new PredictionRequest(
        model, number, "", inputs, outputs, requestId, timeout, reportTiming, sequenceId, resetState, endSequence);
  }

  /** To be answered by the version that carries this label. */
  public PredictionRequest withVersionLabel(String label) {
    return new PredictionRequest(
        model, 0, label, inputs, outputs, requestId, timeout, reportTiming, sequenceId, resetState, endSequence);
  }

  /** Only these outputs are wanted. */
  public PredictionRequest withOutputs(String... names) {
    return new PredictionRequest(
        model, version, versionLabel, inputs, List.of(names), requestId, timeout, reportTiming, sequenceId, resetState, endSequence);
  }

  /** An id of the caller's, echoed in the answer. */
  public PredictionRequest withRequestId(String id) {
    return new PredictionRequest(
        model, version, versionLabel, inputs, outputs, id, timeout, reportTiming, sequenceId, resetState, endSequence);
  }

  /** Not worth answering after this time. */
  public PredictionRequest withTimeout(Duration limit) {
    return new PredictionRequest(
        model, version, versionLabel, inputs, outputs, requestId, limit, reportTiming, sequenceId, resetState, endSequence);
  }

  /** The answer shall say how long its parts took. */
  public PredictionRequest withTiming() {
    return new PredictionRequest(
        model, version, versionLabel, inputs, outputs, requestId, timeout, true, sequenceId, resetState, endSequence);
  }

  /** Goes on with this sequence of a stateful model; streams only. */
  public PredictionRequest withSequence(String id) {
    return new PredictionRequest(
        model, version, versionLabel, inputs, outputs, requestId, timeout, reportTiming, id, resetState, endSequence);
  }

  /** Starts its sequence from zero state; streams only. */
  public PredictionRequest withResetState() {
    return new PredictionRequest(
        model, version, versionLabel, inputs, outputs, requestId, timeout, reportTiming, sequenceId, true, endSequence);
  }

  /** Is the last of its sequence; streams only. */
  public PredictionRequest withEndSequence() {
    return new PredictionRequest(
        model, version, versionLabel, inputs, outputs, requestId, timeout, reportTiming, sequenceId, resetState, true);
  }

  /** Whether it speaks of a sequence: such a message must never be computed twice. */
  boolean usesSequence() {
    return !sequenceId.isEmpty() || resetState || endSequence;
  }

  PredictRequest toPredict() {
    requireModelAndNoSequence();
    return PredictRequest.newBuilder()
        .setModel(model)
        .setVersion(version)
        .setVersionLabel(versionLabel)
        .addAllInputs(inputs)
        .addAllOutputs(outputs)
        .setRequestId(requestId)
        .setReportTiming(reportTiming)
        .build();
  }

  TraceRequest toTrace(List<String> layers) {
    requireModelAndNoSequence();
    if (!outputs.isEmpty()) {
      throw new IllegalArgumentException("a trace has layers, not outputs: " + outputs);
    }
    return TraceRequest.newBuilder()
        .setModel(model)
        .setVersion(version)
        .setVersionLabel(versionLabel)
        .addAllInputs(inputs)
        .addAllLayers(layers)
        .setRequestId(requestId)
        .build();
  }

  PredictStreamRequest toStream() {
    return PredictStreamRequest.newBuilder()
        .setModel(model)
        .setVersion(version)
        .setVersionLabel(versionLabel)
        .addAllInputs(inputs)
        .addAllOutputs(outputs)
        .setRequestId(requestId)
        .setTimeoutMicros(timeout.isZero() ? 0 : Math.max(1, timeout.toNanos() / 1_000))
        .setReportTiming(reportTiming)
        .setSequenceId(sequenceId)
        .setResetState(resetState)
        .setEndSequence(endSequence)
        .build();
  }

  private void requireModelAndNoSequence() {
    if (model.isEmpty()) {
      throw new IllegalArgumentException("no model named");
    }
    if (usesSequence()) {
      throw new IllegalArgumentException("sequences live in streams: a single call starts from zero state");
    }
  }
}
