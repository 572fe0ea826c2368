package dev.posthorn.server.grpc;

import dev.posthorn.server.batching.ArrayPool;
import dev.posthorn.server.core.Limits;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.v1.PredictStreamRequest;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * Decodes the three hot requests straight from the transport's buffers. A message that is not valid protobuf, or over
 * the limit once inflated, comes out as one that says so: the call then ends with a proper status. Thread-safe.
 */
final class PredictReader implements MethodDescriptor.Marshaller<SentPredict> {
  private final TensorReader tensors;
  private final Limits limits;
  private final int lastField;
  private final String message;

  /**
   * A reader.
   *
   * @param lastField the highest field number that the request knows
   * @param message the request's name, for errors
   */
  PredictReader(ArrayPool arrays, Limits limits, int lastField, String message) {
    this.tensors = new TensorReader(arrays);
    this.limits = limits;
    this.lastField = lastField;
    this.message = message;
  }

  @Override
  public InputStream stream(SentPredict value) {
    throw new UnsupportedOperationException("a server sends no requests");
  }

  @Override
  public SentPredict parse(InputStream stream) {
    SentPredict request = new SentPredict();
    long start = System.nanoTime();
    request.receivedNanos = start;
    try {
      WireReader in = WireReader.of(stream, limits.messageBytes());
      if (in == null) {
        request.undecodable =
            Limits.tooLarge("message", limits.messageBytes(), limits.messageBytes() + 1L, "bytes of a message");
      } else {
        read(in, request);
      }
    } catch (WireReader.Malformed e) {
      request.undecodable =
          new InferenceException(
              Reason.INVALID_ARGUMENT,
              Map.of("expected", message),
              "expected a " + message + ", got bytes that are none: " + e.getMessage());
    } catch (IOException e) {
      request.undecodable =
          new InferenceException(
              Reason.INVALID_ARGUMENT, Map.of("expected", message), "the message cannot be read: " + e.getMessage());
    }
    request.decodeNanos = System.nanoTime() - start;
    return request;
  }

  void read(WireReader in, SentPredict request) throws WireReader.Malformed {
    request.bytes = in.length();
    for (int tag = in.tag(); tag != 0; tag = in.tag()) {
      int field = tag >>> 3;
      int type = field <= lastField ? tag & 7 : -1;
      if (type == WireReader.BYTES && readBytes(in, field, request)) {
        continue;
      }
      if (type == WireReader.VARINT && readVarint(in, field, request)) {
        continue;
      }
      in.skip(tag);
    }
  }

  private boolean readBytes(WireReader in, int field, SentPredict request) throws WireReader.Malformed {
    switch (field) {
      case PredictStreamRequest.MODEL_FIELD_NUMBER -> request.model = in.string();
      case PredictStreamRequest.VERSION_LABEL_FIELD_NUMBER -> request.label = in.string();
      case PredictStreamRequest.INPUTS_FIELD_NUMBER -> {
        int outer = in.enter();
        SentTensor tensor = tensors.read(in);
        in.leave(outer);
        request.inputs.add(tensor);
        request.bytes += tensor.unpackedBytes();
      }
      case PredictStreamRequest.OUTPUTS_FIELD_NUMBER -> request.names.add(in.string());
      case PredictStreamRequest.REQUEST_ID_FIELD_NUMBER -> request.requestId = in.string();
      case PredictStreamRequest.SEQUENCE_ID_FIELD_NUMBER -> request.sequenceId = in.string();
      default -> {
        return false;
      }
    }
    return true;
  }

  private static boolean readVarint(WireReader in, int field, SentPredict request) throws WireReader.Malformed {
    switch (field) {
      case PredictStreamRequest.VERSION_FIELD_NUMBER -> request.version = in.varint();
      case PredictStreamRequest.TIMEOUT_MICROS_FIELD_NUMBER -> request.timeoutMicros = in.varint();
      case PredictStreamRequest.REPORT_TIMING_FIELD_NUMBER -> request.reportTiming = in.varint() != 0;
      case PredictStreamRequest.RESET_STATE_FIELD_NUMBER -> request.resetState = in.varint() != 0;
      case PredictStreamRequest.END_SEQUENCE_FIELD_NUMBER -> request.endSequence = in.varint() != 0;
      default -> {
        return false;
      }
    }
    return true;
  }
}
