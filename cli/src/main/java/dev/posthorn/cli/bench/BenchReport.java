package dev.posthorn.cli.bench;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.keras.JsonText;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Speed of one model, batch size by batch size: {@code posthorn.bench/1}. */
public final class BenchReport {
  private static final double GIGA = 1e9;
  private static final double FLOPS_PER_MICRO = 1e3;

  private final Map<String, @Nullable Object> report = new LinkedHashMap<>();
  private final List<Map<String, @Nullable Object>> results = new ArrayList<>();

  private BenchReport() {}

  /**
   * Measures.
   *
   * @param inputs the batch of that many rows
   * @param lines gets a line for people, batch by batch
   */
  public static BenchReport measure(
      Model model,
      String kernels,
      int threads,
      List<Integer> batches,
      double seconds,
      IntFunction<List<ArrayTensor>> inputs,
      Consumer<String> lines) {
    BenchReport bench = new BenchReport();
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    OptionalDouble peak = PeakProbe.gflops(threads);
    bench.report.put("schema", "posthorn.bench/1");
    bench.report.put("model", model.name());
    bench.report.put("kernels", kernels);
    bench.report.put("threads", threads);
    bench.report.put("peak_gflops", peak.isPresent() ? peak.getAsDouble() : null);
    bench.report.put("load_average", load);
    bench.report.put("results", bench.results);
    lines.accept(
        String.format(
            Locale.ROOT, "%s, kernels %s, %d thread%s, peak %.0f GFLOP/s, load average %.2f",
            model.name(), kernels, threads, threads == 1 ? "" : "s", peak.orElse(Double.NaN), load));
    lines.accept(
        String.format(
            Locale.ROOT, "%8s %12s %12s %12s %12s %14s %10s %8s",
            "batch", "min us", "p50 us", "p99 us", "cpu us", "rows/s", "GFLOP/s", "bytes"));
    for (int batch : batches) {
      PlanTimer timer = new PlanTimer(model, inputs.apply(batch));
      PlanTimer.Timing timing = timer.run(seconds);
      double rows = batch * timing.calls() / timing.seconds();
      double gflops = model.flopsPerRow() * rows / GIGA;
      bench.results.add(result(batch, timing, rows, gflops, layers(model, timer.layers(), batch)));
      lines.accept(
          String.format(
              Locale.ROOT, "%8d %12.2f %12.2f %12.2f %12.2f %14.0f %10.2f %8d",
              batch, timing.min(), timing.median(), timing.p99(), timing.cpuPerCall(), rows, gflops,
              timing.bytesPerCall()));
    }
    return bench;
  }

  private static Map<String, @Nullable Object> result(
      int batch, PlanTimer.Timing timing, double rows, double gflops, List<Map<String, @Nullable Object>> layers) {
    Map<String, Object> micros = new LinkedHashMap<>();
    micros.put("min", timing.min());
    micros.put("p50", timing.median());
    micros.put("p99", timing.p99());
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("batch", batch);
    result.put("calls", timing.calls());
    result.put("seconds", timing.seconds());
    result.put("micros_per_call", micros);
    result.put("cpu_micros_per_call", timing.cpuPerCall());
    result.put("rows_per_second", rows);
    result.put("gflops", gflops);
    result.put("bytes_allocated_per_call", timing.bytesPerCall());
    result.put("layers", layers);
    return result;
  }

  private static List<Map<String, @Nullable Object>> layers(Model model, Map<String, Double> micros, int batch) {
    List<Map<String, @Nullable Object>> layers = new ArrayList<>();
    micros.forEach(
        (name, time) -> {
          Map<String, @Nullable Object> layer = new LinkedHashMap<>();
          layer.put("name", name);
          layer.put("micros", time);
          layer.put("gflops", time == 0 ? 0.0 : model.flopsPerRow(name) * (double) batch / time / FLOPS_PER_MICRO);
          layers.add(layer);
        });
    return layers;
  }

  public String json() {
    return JsonText.of(report);
  }
}
