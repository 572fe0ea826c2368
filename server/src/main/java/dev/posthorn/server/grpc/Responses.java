package dev.posthorn.server.grpc;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.TracedCall;
import dev.posthorn.server.core.Answer;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.v1.PredictResponse;
import dev.posthorn.v1.PredictStreamResponse;
import dev.posthorn.v1.Timing;
import dev.posthorn.v1.TraceResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Encodes the answers of InferenceService. */
final class Responses {
  private Responses() {}

  /** A PredictResponse; the answer's arrays go back when it is closed. */
  static OutgoingMessage predict(SentPredict request, Answer answer) {
    MessageWriter out = new MessageWriter(96);
    out.string(PredictResponse.MODEL_FIELD_NUMBER, answer.model());
    out.integer(PredictResponse.VERSION_FIELD_NUMBER, answer.version());
    writeAnswer(out, request, answer);
    return out.message(answer::release);
  }

  /**
   * A PredictStreamResponse with predictions.
   *
   * @param announce whether model and version are new to the reader
   */
  static OutgoingMessage streamed(SentPredict request, Answer answer, long index, boolean announce) {
    MessageWriter out = new MessageWriter(96);
    if (announce) {
      out.string(PredictStreamResponse.MODEL_FIELD_NUMBER, answer.model());
      out.integer(PredictStreamResponse.VERSION_FIELD_NUMBER, answer.version());
    }
    writeAnswer(out, request, answer);
    out.integer(PredictStreamResponse.INDEX_FIELD_NUMBER, index);
    return out.message(answer::release);
  }

  /** A PredictStreamResponse that says why there are no predictions. */
  static OutgoingMessage failed(String requestId, InferenceException failure, long index) {
    MessageWriter out = new MessageWriter(256);
    out.string(PredictStreamResponse.REQUEST_ID_FIELD_NUMBER, requestId);
    out.integer(PredictStreamResponse.INDEX_FIELD_NUMBER, index);
    out.bytes(PredictStreamResponse.ERROR_FIELD_NUMBER, Failures.message(failure).toByteArray());
    return out.message(null);
  }

  private static void writeAnswer(MessageWriter out, SentPredict request, Answer answer) {
    boolean raw = request.anyRaw();
    for (Answer.Output output : answer.outputs()) {
      TensorWriter.write(
          out, PredictStreamResponse.OUTPUTS_FIELD_NUMBER, output.port().name(), output.tensor(), raw);
    }
    out.string(PredictStreamResponse.REQUEST_ID_FIELD_NUMBER, request.requestId);
    if (request.reportTiming) {
      out.bytes(PredictStreamResponse.TIMING_FIELD_NUMBER, timing(request, answer));
    }
  }

  private static byte[] timing(SentPredict request, Answer answer) {
    return Timing.newBuilder()
        .setDecodeNanos(request.decodeNanos)
        .setQueueNanos(answer.run().queueNanos())
        .setComputeNanos(answer.run().computeNanos())
        .setBatchRows(answer.run().batchRows())
        .build()
        .toByteArray();
  }

  /** A TraceResponse. */
  static OutgoingMessage traced(TracedCall call, long version, boolean raw) {
    MessageWriter out = new MessageWriter(96);
    out.string(TraceResponse.LAYER_FIELD_NUMBER, call.layer());
    out.string(TraceResponse.CLASS_NAME_FIELD_NUMBER, call.className());
    out.integer(TraceResponse.CALL_FIELD_NUMBER, call.call());
    for (ArrayTensor output : call.outputs()) {
      TensorWriter.write(out, TraceResponse.OUTPUTS_FIELD_NUMBER, "", output, raw);
    }
    for (ArrayTensor mask : masks(call)) {
      TensorWriter.write(out, TraceResponse.MASKS_FIELD_NUMBER, "", mask, raw);
    }
    out.integer(TraceResponse.COMPUTE_NANOS_FIELD_NUMBER, call.nanos());
    out.integer(TraceResponse.VERSION_FIELD_NUMBER, version);
    return out.message(null);
  }

  /** One for each output, or none: an output without one gets a mask that hides nothing. */
  private static List<ArrayTensor> masks(TracedCall call) {
    List<ArrayTensor> masks = new ArrayList<>();
    boolean any = false;
    for (int i = 0; i < call.masks().size(); i++) {
      ArrayTensor mask = call.masks().get(i);
      any |= mask != null;
      masks.add(mask != null ? mask : allVisible(call.outputs().get(i)));
    }
    return any ? masks : List.of();
  }

  private static ArrayTensor allVisible(ArrayTensor output) {
    int rank = Math.min(2, output.shape().rank());
    boolean[] visible = new boolean[output.shape().product(0, rank)];
    Arrays.fill(visible, true);
    return ArrayTensor.of(visible, output.shape().slice(0, rank).dims());
  }
}
