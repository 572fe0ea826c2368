package dev.posthorn.server.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.v1.Failure;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.util.LinkedHashMap;
import java.util.Map;

/** Every reason's place on the wire: status code, ErrorInfo, RetryInfo, and the same as a Failure within a stream. */
final class Failures {
  static final String DOMAIN = "posthorn.dev";

  private static final int LONGEST_MESSAGE = 1500;
  private static final int LONGEST_VALUE = 300;
  private static final int MOST_VALUES = 8;

  static final Metadata.Key<com.google.rpc.Status> DETAILS =
      Metadata.Key.of(
          "grpc-status-details-bin",
          ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

  private Failures() {}

  /** The code; what is wrong with a model counts as the state of the repository. */
  static Status.Code code(Reason reason) {
    return switch (reason) {
      case INVALID_ARGUMENT, INVALID_INPUT_SHAPE, INVALID_DTYPE, MALFORMED_TENSOR, UNKNOWN_INPUT, MISSING_INPUT ->
          Status.Code.INVALID_ARGUMENT;
      case INVALID_MODEL, UNKNOWN_LAYER, MISSING_WEIGHTS, UNSUPPORTED -> Status.Code.FAILED_PRECONDITION;
      case MODEL_NOT_FOUND, VERSION_NOT_FOUND -> Status.Code.NOT_FOUND;
      case VERSION_EXISTS -> Status.Code.ALREADY_EXISTS;
      case MODEL_NOT_READY, SHUTTING_DOWN -> Status.Code.UNAVAILABLE;
      case QUEUE_FULL, TOO_LARGE, OUT_OF_MEMORY_BUDGET -> Status.Code.RESOURCE_EXHAUSTED;
      case UNAUTHENTICATED -> Status.Code.UNAUTHENTICATED;
      case PERMISSION_DENIED -> Status.Code.PERMISSION_DENIED;
      case NOT_SUPPORTED_HERE -> Status.Code.UNIMPLEMENTED;
      case DEADLINE_EXCEEDED -> Status.Code.DEADLINE_EXCEEDED;
      case CANCELLED -> Status.Code.CANCELLED;
      case PLUGIN_FAILED, INTERNAL -> Status.Code.INTERNAL;
    };
  }

  /** The code where the model came with the request. */
  static Status.Code codeForSentModel(Reason reason) {
    Status.Code code = code(reason);
    return code == Status.Code.FAILED_PRECONDITION ? Status.Code.INVALID_ARGUMENT : code;
  }

  /** After how long the same message may well succeed; 0: never. */
  private static long retryMillis(Reason reason) {
    return switch (reason) {
      case QUEUE_FULL -> 50;
      case MODEL_NOT_READY, SHUTTING_DOWN -> 1000;
      default -> 0;
    };
  }

  private static Duration delay(long millis) {
    return Duration.newBuilder().setSeconds(millis / 1000).setNanos((int) (millis % 1000) * 1_000_000).build();
  }

  static Status status(InferenceException failure, Status.Code code) {
    return code.toStatus().withDescription(text(failure)).withCause(failure);
  }

  static Metadata trailers(InferenceException failure, Status.Code code) {
    com.google.rpc.Status.Builder details =
        com.google.rpc.Status.newBuilder().setCode(code.value()).setMessage(text(failure));
    details.addDetails(
        Any.pack(
            ErrorInfo.newBuilder()
                .setReason(failure.reason().name())
                .setDomain(DOMAIN)
                .putAllMetadata(metadata(failure))
                .build()));
    long retry = retryMillis(failure.reason());
    if (retry > 0) {
      details.addDetails(
          Any.pack(RetryInfo.newBuilder().setRetryDelay(delay(retry)).build()));
    }
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, details.build());
    return trailers;
  }

  static Failure message(InferenceException failure) {
    return message(failure, code(failure.reason()));
  }

  static Failure message(InferenceException failure, Status.Code code) {
    return Failure.newBuilder()
        .setCode(code.value())
        .setReason(failure.reason().name())
        .setMessage(text(failure))
        .putAllMetadata(metadata(failure))
        .setRetryAfterMillis(retryMillis(failure.reason()))
        .build();
  }

  private static String text(InferenceException failure) {
    return cut(String.valueOf(failure.getMessage()), LONGEST_MESSAGE);
  }

  /** Cut to what fits into trailers, of which clients take 8 KiB. */
  private static Map<String, String> metadata(InferenceException failure) {
    Map<String, String> cut = new LinkedHashMap<>();
    failure.metadata().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .limit(MOST_VALUES)
        .forEach(entry -> cut.put(entry.getKey(), cut(entry.getValue(), LONGEST_VALUE)));
    return cut;
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 3) + "...";
  }
}
