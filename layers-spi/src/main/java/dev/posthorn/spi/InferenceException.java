package dev.posthorn.spi;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of Posthorn. Its message says what was expected, what came, and where; the metadata carry the same
 * facts for programs (model, layer, input, expected, actual: those that apply).
 */
public final class InferenceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final transient Map<String, String> metadata;

  public InferenceException(Reason reason, String message) {
    this(reason, Map.of(), message, null);
  }

  public InferenceException(Reason reason, Map<String, String> metadata, String message) {
    this(reason, metadata, message, null);
  }

  public InferenceException(
      Reason reason, Map<String, String> metadata, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.metadata = Map.copyOf(metadata);
  }

  public Reason reason() {
    return reason;
  }

  public Map<String, String> metadata() {
    return metadata;
  }

  /** The same failure with one more fact; a fact that is there already stays. */
  public InferenceException with(String key, String value) {
    if (metadata.containsKey(key)) {
      return this;
    }
    Map<String, String> more = new LinkedHashMap<>(metadata);
    more.put(key, value);
    InferenceException copy = new InferenceException(reason, more, String.valueOf(getMessage()), getCause());
    copy.setStackTrace(getStackTrace());
    return copy;
  }
}
