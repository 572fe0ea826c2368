package dev.posthorn.server;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.Nearest;
import dev.posthorn.server.batching.BatchPolicy;
import dev.posthorn.server.core.Limits;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The limits by the names that {@code --limit NAME=VALUE} and the configuration file give them. */
final class LimitsBuilder {
  /** In the order in which the documentation lists them. */
  static final List<String> NAMES =
      List.of(
          "message", "inbound", "rows", "rank", "window-messages", "window-bytes", "streams", "connections",
          "sequences-per-stream", "sequences", "metadata", "id", "queue-rows", "queue-bytes", "layouts", "model-bytes",
          "inflated-ratio", "json-depth", "nodes", "tensors");

  private static final int DEFAULT_LAYOUTS = 16;

  private final Map<String, String> values = new LinkedHashMap<>();

  void set(String name, String value) {
    if (!NAMES.contains(name)) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          Map.of("option", name),
          "there is no limit '" + name + "'" + Nearest.hint(name, NAMES) + "; there are " + String.join(", ", NAMES));
    }
    values.put(name, value);
  }

  boolean isSet(String name) {
    return values.containsKey(name);
  }

  Limits limits() {
    Limits d = Limits.defaults();
    return new Limits(
        (int) bytes("message", d.messageBytes(), Integer.MAX_VALUE - 16),
        bytes("inbound", d.inboundBytes(), Long.MAX_VALUE),
        count("rows", d.rows()),
        count("rank", d.rank()),
        count("window-messages", d.windowMessages()),
        bytes("window-bytes", d.windowBytes(), Long.MAX_VALUE),
        count("streams", d.streams()),
        count("connections", d.connections()),
        count("sequences-per-stream", d.sequencesPerStream()),
        count("sequences", d.sequences()),
        (int) bytes("metadata", d.metadataBytes(), Integer.MAX_VALUE),
        count("id", d.idBytes()));
  }

  BatchPolicy batching(Duration inlineLimit) {
    BatchPolicy d = BatchPolicy.DEFAULT;
    return new BatchPolicy(
        d.maxRows(),
        d.maxDelay(),
        count("queue-rows", d.queueRows()),
        bytes("queue-bytes", d.queueBytes(), Long.MAX_VALUE),
        d.timeout(),
        inlineLimit);
  }

  Budget budget() {
    Budget d = Budget.DEFAULT;
    return new Budget(
        bytes("model-bytes", d.bytes(), Long.MAX_VALUE),
        count("inflated-ratio", d.inflatedRatio()),
        count("json-depth", d.jsonDepth()),
        count("nodes", d.nodes()),
        count("tensors", d.tensors()));
  }

  int layouts() {
    return count("layouts", DEFAULT_LAYOUTS);
  }

  private int count(String name, int otherwise) {
    String value = values.get(name);
    return value == null ? otherwise : ConfigText.integer("limit " + name, value, 1, Integer.MAX_VALUE);
  }

  private long bytes(String name, long otherwise, long most) {
    String value = values.get(name);
    return value == null ? otherwise : ConfigText.bytes("limit " + name, value, most);
  }
}
