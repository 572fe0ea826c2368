package dev.posthorn.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of Posthorn. Its message says what was expected, what came, and where; the metadata carry the same
 * facts for programs (model, layer, input, expected, actual: those that apply).
 */
public final class InferenceException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final int LONGEST_MESSAGE = 1_000;
  private static final int LONGEST_FACT = 500;
  private static final int TAIL = 100;

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
    super(cut(message, LONGEST_MESSAGE), cause);
    this.reason = reason;
    Map<String, String> facts = new LinkedHashMap<>();
    metadata.forEach((key, value) -> facts.put(key, cut(value, LONGEST_FACT)));
    this.metadata = Collections.unmodifiableMap(facts);
  }

  /** The beginning and the end of what is too long for a line, or for the headers of a response. */
  private static String cut(String text, int longest) {
    return text.length() <= longest
        ? text
        : text.substring(0, longest - TAIL) + " ... " + text.substring(text.length() - TAIL);
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
