package dev.posthorn.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;

/**
 * Times contenders in windows that alternate, A B A B ..., by the CPU time of the calling thread: what else the machine
 * does falls on all alike.
 */
final class Windows {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final double WINDOW_NANOS = 30e6;
  private static final double WARM_UP_NANOS = 4e9;

  private Windows() {}

  /** Microseconds a call for each contender: the median of so many windows. */
  static double[] measure(List<Contender> contenders, int windows) {
    int[] calls = contenders.stream().mapToInt(Windows::warmUp).toArray();
    double[][] times = new double[contenders.size()][windows];
    for (int window = 0; window < windows; window++) {
      for (int i = 0; i < calls.length; i++) {
        times[i][window] = time(contenders.get(i), calls[i]) / 1e3;
      }
    }
    double[] medians = new double[times.length];
    for (int i = 0; i < times.length; i++) {
      Arrays.sort(times[i]);
      medians[i] = times[i][windows / 2];
    }
    return medians;
  }

  /** Runs until everything is compiled; returns how many calls make a window. */
  private static int warmUp(Contender contender) {
    long begin = System.nanoTime();
    int calls = 1;
    while (System.nanoTime() - begin < WARM_UP_NANOS) {
      double nanos = time(contender, calls);
      calls = (int) Math.max(1, Math.min(5e6, WINDOW_NANOS / Math.max(nanos, 1)));
    }
    return calls;
  }

  /** Nanoseconds a call. */
  private static double time(Contender contender, int calls) {
    long before = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < calls; i++) {
      contender.run();
    }
    return (THREADS.getCurrentThreadCpuTime() - before) / (double) calls;
  }
}
