package dev.posthorn.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.posthorn.v1.Failure;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the server said went wrong, or why it could not be asked.
 *
 * <p>The message is the server's sentence: what was expected, what came, and where. Programs look at {@link #reason()}, which
 * is stable, and at {@link #metadata()}. Instances are immutable.
 */
public final class PosthornException extends RuntimeException {

  private static final long serialVersionUID = 1L;
  private static final String DOMAIN = "posthorn.dev";

  private final String reason;
  private final Code code;
  private final Map<String, String> metadata;
  private final @Nullable Duration retryAfter;

  PosthornException(
      String reason,
      Code code,
      String message,
      Map<String, String> metadata,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.code = code;
    this.metadata = Map.copyOf(metadata);
    this.retryAfter = retryAfter;
  }

  static PosthornException of(String reason, Code code, String message) {
    return new PosthornException(reason, code, message, Map.of(), null, null);
  }

  /** The failure of one message of a stream. */
  static PosthornException of(Failure failure) {
    Code code = Status.fromCodeValue(failure.getCode()).getCode();
    String reason = failure.getReason().isEmpty() ? code.name() : failure.getReason();
    long millis = failure.getRetryAfterMillis();
    return new PosthornException(
        reason, code, failure.getMessage(), failure.getMetadataMap(), millis > 0 ? Duration.ofMillis(millis) : null, null);
  }

  /** The failure of a call: its status, with {@code ErrorInfo} and {@code RetryInfo} where the server sent them. */
  static PosthornException of(Throwable thrown) {
    if (thrown instanceof PosthornException known) {
      return known;
    }
    Status status = Status.fromThrowable(thrown);
    Code code = status.getCode();
    String reason = code.name();
    Map<String, String> metadata = Map.of();
    Duration retryAfter = null;
    com.google.rpc.Status details = StatusProto.fromThrowable(thrown);
    if (details != null) {
      for (Any detail : details.getDetailsList()) {
        try {
          if (detail.is(ErrorInfo.class)) {
            ErrorInfo info = detail.unpack(ErrorInfo.class);
            if (info.getDomain().equals(DOMAIN)) {
              reason = info.getReason();
              metadata = info.getMetadataMap();
            }
          } else if (detail.is(RetryInfo.class)) {
            com.google.protobuf.Duration delay = detail.unpack(RetryInfo.class).getRetryDelay();
            retryAfter = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
          }
        } catch (InvalidProtocolBufferException e) {
          return new PosthornException(code.name(), code, sentence(status), Map.of(), null, e);
        }
      }
    }
    return new PosthornException(reason, code, sentence(status), metadata, retryAfter, thrown);
  }

  private static String sentence(Status status) {
    String description = status.getDescription() == null ? status.getCode().name() : status.getDescription();
    Throwable cause = status.getCause();
    if (status.getCode() != Code.UNAVAILABLE || cause == null || cause.getMessage() == null) {
      return description;
    }
    return "the server cannot be reached: " + cause.getMessage();
  }

  /**
   * Why, machine-readable and stable: such as {@code INVALID_INPUT_SHAPE}, {@code MODEL_NOT_FOUND}, {@code QUEUE_FULL}. Where no
   * server was reached or it gave no reason, the name of {@link #code()}: {@code UNAVAILABLE}, {@code DEADLINE_EXCEEDED}.
   */
  public String reason() {
    return reason;
  }

  /** The status code of gRPC; several reasons share one. */
  public Code code() {
    return code;
  }

  /** What else is known: {@code model, layer, input, expected, actual}, those that apply. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** After which time the same request may succeed; empty where the server gave none. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  /** True where the server went away or goes away: what it did not answer may be sent to it, or its successor, again. */
  boolean serverGone() {
    return code == Code.UNAVAILABLE && (reason.equals("SHUTTING_DOWN") || reason.equals(Code.UNAVAILABLE.name()));
  }
}
