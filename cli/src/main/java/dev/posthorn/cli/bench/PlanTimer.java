package dev.posthorn.cli.bench;

import com.sun.management.ThreadMXBean;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Cancellation;
import dev.posthorn.engine.Model;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;

/**
 * Times one batch in process: a warm-up that does not count, then calls in blocks of at least 50 microseconds. CPU time
 * and allocated bytes are those of this thread and of the engine's helper threads.
 */
final class PlanTimer {
  private static final long BLOCK_NANOS = 50_000;
  private static final long WARM_UP_NANOS = 1_000_000_000;
  private static final long TRACE_NANOS = 300_000_000;
  private static final int MIN_TRACES = 5;
  private static final long PICOS_PER_NANO = 1000;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double PICOS_PER_MICRO = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final String ENGINE_THREADS = "posthorn-";

  private final Model model;
  private final List<ArrayTensor> inputs;
  private final List<ArrayTensor> outputs;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final long[] counted;

  PlanTimer(Model model, List<ArrayTensor> inputs) {
    this.model = model;
    this.inputs = inputs;
    this.outputs = model.outputSpecs(inputs).stream().map(ArrayTensor::allocate).toList();
    long self = Thread.currentThread().threadId();
    this.counted =
        Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
            .filter(info -> info != null && (info.getThreadId() == self || info.getThreadName().startsWith(ENGINE_THREADS)))
            .mapToLong(java.lang.management.ThreadInfo::getThreadId)
            .toArray();
  }

  /** Figures of one batch size; times in microseconds. */
  record Timing(
      long calls,
      double seconds,
      double min,
      double median,
      double p99,
      double cpuPerCall,
      long bytesPerCall) {}

  Timing run(double seconds) {
    int block = warmUp();
    Histogram picos = new Histogram(Long.MAX_VALUE / 2, 3);
    long shortest = Long.MAX_VALUE;
    long calls = 0;
    long wanted = (long) (seconds * NANOS_PER_SECOND);
    long cpu = cpuNanos();
    long bytes = allocatedBytes();
    long begin = System.nanoTime();
    long end = begin;
    while (end - begin < wanted) {
      long start = System.nanoTime();
      for (int i = 0; i < block; i++) {
        model.predict(inputs, outputs, Cancellation.NONE);
      }
      end = System.nanoTime();
      long each = (end - start) * PICOS_PER_NANO / block;
      picos.recordValue(each);
      shortest = Math.min(shortest, each);
      calls += block;
    }
    long allocated = allocatedBytes() - bytes;
    double used = cpuNanos() - cpu;
    return new Timing(
        calls,
        (end - begin) / NANOS_PER_SECOND,
        shortest / PICOS_PER_MICRO,
        picos.getValueAtPercentile(50) / PICOS_PER_MICRO,
        picos.getValueAtPercentile(99) / PICOS_PER_MICRO,
        used / calls / NANOS_PER_MICRO,
        allocated / calls);
  }

  /** Returns how many calls take a block's time. */
  private int warmUp() {
    long begin = System.nanoTime();
    long last = begin;
    long fastest = Long.MAX_VALUE;
    while (last - begin < WARM_UP_NANOS) {
      model.predict(inputs, outputs, Cancellation.NONE);
      long now = System.nanoTime();
      fastest = Math.min(fastest, now - last);
      last = now;
    }
    allocatedBytes();
    cpuNanos();
    return (int) Math.max(1, (BLOCK_NANOS + fastest - 1) / Math.max(1, fastest));
  }

  /** The median time of each layer in microseconds, in the unfused plan, all its calls together. */
  Map<String, Double> layers() {
    Map<String, List<Long>> samples = new LinkedHashMap<>();
    long begin = System.nanoTime();
    for (int i = 0; i < MIN_TRACES || System.nanoTime() - begin < TRACE_NANOS; i++) {
      Map<String, Long> sums = new LinkedHashMap<>();
      model.trace(inputs, Set.of(), Cancellation.NONE, call -> sums.merge(call.layer(), call.nanos(), Long::sum));
      sums.forEach((layer, nanos) -> samples.computeIfAbsent(layer, _ -> new ArrayList<>()).add(nanos));
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    samples.forEach(
        (layer, nanos) -> {
          long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
          medians.put(layer, sorted[sorted.length / 2] / NANOS_PER_MICRO);
        });
    return medians;
  }

  private long cpuNanos() {
    return Arrays.stream(threads.getThreadCpuTime(counted)).filter(nanos -> nanos > 0).sum();
  }

  private long allocatedBytes() {
    long sum = 0;
    for (long id : counted) {
      sum += Math.max(0, threads.getThreadAllocatedBytes(id));
    }
    return sum;
  }
}
