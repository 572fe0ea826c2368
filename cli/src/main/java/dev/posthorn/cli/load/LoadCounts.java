package dev.posthorn.cli.load;

import dev.posthorn.client.PosthornException;
import io.grpc.Status.Code;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** What happened in the time that counts. Thread-safe. */
final class LoadCounts {
  private static final int DIGITS = 3;
  private static final long LONGEST_NANOS = 3_600_000_000_000L;

  private final Histogram nanos = new Histogram(LONGEST_NANOS, DIGITS);
  private final Map<String, Long> status = new TreeMap<>();
  private long sent;
  private long ok;
  private long rejected;
  private long failed;
  private long cancelled;
  private long unsent;
  private long wrong;

  synchronized void sent() {
    sent++;
  }

  synchronized void ok(long latency) {
    ok++;
    record(latency);
  }

  synchronized void failed(PosthornException error) {
    status.merge(error.code().name(), 1L, Long::sum);
    if (error.code() == Code.RESOURCE_EXHAUSTED) {
      rejected++;
    } else {
      failed++;
    }
  }

  synchronized void cancelled(long messages) {
    cancelled += messages;
  }

  /** A message that was due and never sent: it waited at least that long. */
  synchronized void unsent(long latency) {
    unsent++;
    record(latency);
  }

  synchronized void wrong() {
    wrong++;
  }

  private void record(long latency) {
    nanos.recordValue(Math.clamp(latency, 0, LONGEST_NANOS));
  }

  /** A snapshot. */
  synchronized LoadResult result(LoadPlan plan, double seconds, java.util.OptionalDouble serverCpu) {
    return new LoadResult(
        plan, seconds, sent, ok, rejected, failed, cancelled, unsent, wrong, new TreeMap<>(status), nanos.copy(), serverCpu);
  }
}
