package dev.posthorn.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the processor could do at best: float32 multiply-adds in registers only, twelve independent chains of the widest
 * vectors that Java uses here, on as many threads as the measured plan. No plan reaches it, for a plan also loads.
 */
final class PeakProbe {
  private static final int ITERATIONS = 20_000;
  private static final int CHAINS = 12;
  private static final int FLOPS = 2;
  private static final long WARM_UP_NANOS = 300_000_000;
  private static final int RUNS = 50;

  private PeakProbe() {}

  /** In 10^9 operations a second; empty where Java runs without its vector module. */
  static OptionalDouble gflops(int threads) {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return OptionalDouble.empty();
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Double>> probes = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        probes.add(pool.submit(PeakProbe::probe));
      }
      double sum = 0;
      for (Future<Double> probe : probes) {
        sum += probe.get();
      }
      return OptionalDouble.of(sum);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalDouble.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private static double probe() {
    float[] sink = new float[FloatVector.SPECIES_PREFERRED.length()];
    long end = System.nanoTime() + WARM_UP_NANOS;
    while (System.nanoTime() < end) {
      chains(sink);
    }
    long best = Long.MAX_VALUE;
    for (int i = 0; i < RUNS; i++) {
      long start = System.nanoTime();
      chains(sink);
      best = Math.min(best, System.nanoTime() - start);
    }
    return (double) ITERATIONS * CHAINS * FloatVector.SPECIES_PREFERRED.length() * FLOPS / best;
  }

  private static void chains(float[] sink) {
    VectorSpecies<Float> species = FloatVector.SPECIES_PREFERRED;
    FloatVector x = FloatVector.broadcast(species, 0.999f);
    FloatVector y = FloatVector.broadcast(species, 0.001f);
    FloatVector a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
    for (int n = 0; n < ITERATIONS; n++) {
      a = a.fma(x, y);
      b = b.fma(x, y);
      c = c.fma(x, y);
      d = d.fma(x, y);
      e = e.fma(x, y);
      f = f.fma(x, y);
      g = g.fma(x, y);
      h = h.fma(x, y);
      i = i.fma(x, y);
      j = j.fma(x, y);
      k = k.fma(x, y);
      l = l.fma(x, y);
    }
    a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l).intoArray(sink, 0);
  }
}
