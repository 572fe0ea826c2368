package dev.posthorn.server.core;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.Map;
import java.util.UUID;

/** Turns whatever was thrown into what a caller may know. */
public final class Faults {
  private static final System.Logger LOGGER = System.getLogger(Faults.class.getName());

  private Faults() {}

  /**
   * The failure to answer with. What is nobody's fault but ours is logged with an id, which is all that the caller
   * learns.
   */
  public static InferenceException of(Throwable thrown) {
    if (thrown instanceof InferenceException known && known.reason() != Reason.INTERNAL) {
      return known;
    }
    if (thrown instanceof InferenceException known && known.metadata().containsKey("id")) {
      return known;
    }
    String id = UUID.randomUUID().toString();
    LOGGER.log(System.Logger.Level.ERROR, "internal error " + id, thrown);
    return new InferenceException(
        Reason.INTERNAL, Map.of("id", id), "internal error; the server's log has it under " + id);
  }
}
