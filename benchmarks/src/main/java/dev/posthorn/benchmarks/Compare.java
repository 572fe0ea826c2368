package dev.posthorn.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.lang.management.ManagementFactory;

/**
 * Dense networks beside ONNX Runtime and EJML, one thread. Each row of the table is the median of five JVM forks, each the median of
 * fifteen windows; the ratio is ONNX Runtime's time over ours, so more is better. Results are compared before anything is timed.
 * Arguments: {@code [FORKS]}.
 */
public final class Compare {
  private static final int FORKS = 5;
  private static final int WINDOWS = 15;
  private static final double TOLERANCE = 1e-4;

  private record Work(DenseNetwork network, int rows) {
    String name() {
      return network.name() + " batch " + rows;
    }
  }

  private static final DenseNetwork SMALL = new DenseNetwork("MLP 33-64-32-1", List.of(33, 64, 32, 1));
  private static final List<Work> WORKS = List.of(
      new Work(new DenseNetwork("Dense 1024-1024", List.of(1024, 1024)), 256),
      new Work(new DenseNetwork("Dense 512-512", List.of(512, 512)), 128),
      new Work(SMALL, 1), new Work(SMALL, 32), new Work(SMALL, 256), new Work(SMALL, 4096),
      new Work(new DenseNetwork("MLP 784-512-512-10", List.of(784, 512, 512, 10)), 32));

  private Compare() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length == 2 && arguments[0].equals("--fork")) {
      fork(WORKS.get(Integer.parseInt(arguments[1])));
      return;
    }
    int forks = arguments.length > 0 ? Integer.parseInt(arguments[0]) : FORKS;
    System.out.println("machine: " + processor() + ", " + Runtime.getRuntime().availableProcessors() + " cores, JVM "
        + Runtime.version() + ", load before " + load());
    System.out.println("| work | ours us | ONNX Runtime us | EJML us | ratio (min .. max) |");
    System.out.println("|---|---|---|---|---|");
    for (int i = 0; i < WORKS.size(); i++) {
      report(WORKS.get(i).name(), forkAll(i, forks));
    }
    System.out.println("load after " + load());
  }

  private static void report(String name, List<double[]> forks) {
    double[] ratios = forks.stream().mapToDouble(f -> f[1] / f[0]).sorted().toArray();
    System.out.printf(
        Locale.ROOT, "| %s | %.3f | %.3f | %.3f | **%.2f** (%.2f .. %.2f) |%n",
        name, median(forks, 0), median(forks, 1), median(forks, 2), ratios[ratios.length / 2], ratios[0],
        ratios[ratios.length - 1]);
  }

  private static double median(List<double[]> forks, int column) {
    double[] values = forks.stream().mapToDouble(f -> f[column]).sorted().toArray();
    return values[values.length / 2];
  }

  private static List<double[]> forkAll(int work, int forks) throws IOException, InterruptedException {
    List<double[]> results = new ArrayList<>();
    for (int i = 0; i < forks; i++) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
      command.addAll(List.of(
          "-cp", System.getProperty("java.class.path"), Compare.class.getName(), "--fork", Integer.toString(work)));
      Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (BufferedReader out =
          new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        String line = out.readLine();
        if (line == null || process.waitFor() != 0) {
          throw new IllegalStateException("a fork failed on " + WORKS.get(work).name());
        }
        results.add(Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray());
      }
    }
    return results;
  }

  private static void fork(Work work) {
    Map<String, Contender> contenders = new LinkedHashMap<>();
    contenders.put("posthorn", new PosthornContender(work.network(), work.rows(), "auto", 1));
    contenders.put("onnxruntime", new OnnxContender(work.network(), work.rows(), 1));
    contenders.put("ejml", new PosthornContender(work.network(), work.rows(), "ejml", 1));
    contenders.values().forEach(Contender::run);
    float[] ours = contenders.values().iterator().next().outputs();
    contenders.forEach((name, contender) -> check(name, ours, contender.outputs()));
    double[] micros = Windows.measure(List.copyOf(contenders.values()), WINDOWS);
    System.out.println(micros[0] + " " + micros[1] + " " + micros[2]);
    contenders.values().forEach(Contender::close);
    System.exit(0);
  }

  private static void check(String name, float[] ours, float[] theirs) {
    for (int i = 0; i < ours.length; i++) {
      if (!(Math.abs(ours[i] - theirs[i]) <= TOLERANCE * (1 + Math.abs(ours[i])))) {
        throw new IllegalStateException(name + " differs at " + i + ": " + ours[i] + " and " + theirs[i]);
      }
    }
  }

  private static String processor() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(info)) {
      return System.getProperty("os.arch");
    }
    return Files.readAllLines(info).stream()
        .filter(line -> line.startsWith("model name")).findFirst()
        .map(line -> line.substring(line.indexOf(':') + 2)).orElse(System.getProperty("os.arch"));
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
