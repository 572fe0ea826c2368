package dev.posthorn.cli.load;

import dev.posthorn.engine.keras.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a load.
 *
 * @param rejected answered with RESOURCE_EXHAUSTED
 * @param cancelled sent, but not answered before the end
 * @param unsent due, but never sent, because the answers did not come fast enough; their wait is in the latencies
 * @param wrong answers unlike the first ones to the same request
 * @param nanos latencies of answers; in an open loop from the moment the message was due
 */
public record LoadResult(
    LoadPlan plan,
    double seconds,
    long sent,
    long ok,
    long rejected,
    long failed,
    long cancelled,
    long unsent,
    long wrong,
    Map<String, Long> status,
    Histogram nanos,
    OptionalDouble serverCpu) {
  private static final double NANOS_PER_MICRO = 1e3;

  private double messagesPerSecond() {
    return ok / seconds;
  }

  private double micros(double percentile) {
    return nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
  }

  /** The report {@code posthorn.load/1}. */
  public String json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("schema", "posthorn.load/1");
    json.put("target", plan.target());
    json.put("model", plan.model());
    json.put("streams", plan.streams());
    json.put("batch", plan.batch());
    json.put("in_flight", plan.inFlight());
    json.put("rate", plan.rate());
    json.put("seconds", seconds);
    json.put("sent", sent);
    json.put("ok", ok);
    json.put("rejected", rejected);
    json.put("failed", failed);
    json.put("cancelled", cancelled);
    json.put("unsent", unsent);
    json.put("wrong", wrong);
    json.put("status", status);
    json.put("messages_per_second", messagesPerSecond());
    json.put("rows_per_second", messagesPerSecond() * plan.batch());
    Map<String, Object> latency = new LinkedHashMap<>();
    latency.put("p50", micros(50));
    latency.put("p90", micros(90));
    latency.put("p99", micros(99));
    latency.put("p999", micros(99.9));
    latency.put("max", nanos.getTotalCount() == 0 ? 0.0 : nanos.getMaxValue() / NANOS_PER_MICRO);
    json.put("latency_micros", latency);
    json.put("server_cpu_seconds", serverCpu.isPresent() ? serverCpu.getAsDouble() : null);
    return JsonText.of(json);
  }

  /** The same for people. */
  public List<String> lines() {
    Double rate = plan.rate();
    String loop = rate == null ? "closed loop" : String.format(Locale.ROOT, "open loop at %.0f messages/s", rate);
    String cpu = serverCpu.isPresent() ? String.format(Locale.ROOT, "; server used %.2f s of CPU", serverCpu.getAsDouble()) : "";
    return List.of(
        String.format(
            Locale.ROOT, "%s on %s: %d stream(s), batch %d, %d in flight, %s, %.1f s",
            plan.model(), plan.target(), plan.streams(), plan.batch(), plan.inFlight(), loop, seconds),
        String.format(
            Locale.ROOT, "sent %d: ok %d, rejected %d, failed %d, cancelled %d, unsent %d, wrong %d%s",
            sent, ok, rejected, failed, cancelled, unsent, wrong, status.isEmpty() ? "" : " " + status),
        String.format(
            Locale.ROOT, "%.1f messages/s, %.0f rows/s%s", messagesPerSecond(), messagesPerSecond() * plan.batch(), cpu),
        String.format(
            Locale.ROOT, "latency us: p50 %.0f, p90 %.0f, p99 %.0f, p99.9 %.0f, max %.0f",
            micros(50), micros(90), micros(99), micros(99.9), micros(100)));
  }
}
