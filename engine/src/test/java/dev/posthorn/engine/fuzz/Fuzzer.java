package dev.posthorn.engine.fuzz;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.Port;
import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The program that changes models, reads, loads and runs each, and accepts nothing but an answer or an InferenceException.
 * Which change a number makes depends on the seed and on nothing else.
 */
final class Fuzzer {
  private static final long HANGS_AFTER_NANOS = 5_000_000_000L;
  private static final long STUCK_AFTER_NANOS = 60_000_000_000L;
  private static final int MOST_FINDINGS = 40;
  private static final long LARGEST_INPUT = 1 << 22;
  /** What the readers of containers say; whatever else is said comes from further inside. */
  private static final List<String> AT_THE_CONTAINER =
      List.of(
          " is a damaged zip", " is a truncated HDF5 file", " is not an HDF5 file", " is not a model file",
          " is not valid JSON", "checksum", " is no valid checkpoint index", " has no config.json", "has no weights");

  private final List<Seed> seeds = Seeds.all();
  private final long seed;
  private final Path folder;
  private final Engine engine = Engine.builder().threads(1).build();
  private final Thread worker = Thread.currentThread();
  private final Map<String, Integer> findings = new LinkedHashMap<>();
  private final Map<String, Integer> reasons = new TreeMap<>();
  private volatile long startedCpu;
  private volatile long started = System.nanoTime();
  private volatile String current = "";
  private int loaded;
  private int inside;
  private long slowest;
  private String slowestName = "";

  private Fuzzer(long seed, Path folder) {
    this.seed = seed;
    this.folder = folder;
  }

  /** Arguments: the seed, the first number, the number after the last, and a folder to work in. */
  public static void main(String[] arguments) throws IOException {
    Fuzzer fuzzer = new Fuzzer(Long.parseLong(arguments[0]), Files.createDirectories(Path.of(arguments[3])));
    int from = Integer.parseInt(arguments[1]);
    int to = Integer.parseInt(arguments[2]);
    Thread watch = new Thread(fuzzer::watch, "watch");
    watch.setDaemon(true);
    watch.start();
    for (int number = from; number < to && fuzzer.findings.size() < MOST_FINDINGS; number++) {
      fuzzer.round(number);
      if ((number + 1) % 10_000 == 0) {
        System.out.println(fuzzer.summary(number + 1 - from));
      }
    }
    System.out.println(fuzzer.summary(to - from));
    System.exit(fuzzer.findings.isEmpty() ? 0 : 1);
  }

  private String summary(int count) {
    return count + " mutations of " + seeds.size() + " models: " + inside + " got past the container, " + loaded
        + " loaded and predicted, refused " + reasons + "; slowest " + slowest / 1_000_000 + " ms (" + slowestName + "); "
        + findings.size() + " findings";
  }

  private void round(int number) throws IOException {
    SplittableRandom random = new SplittableRandom(seed * 0x9e3779b97f4a7c15L + number);
    Seed mutant = seeds.get(random.nextInt(seeds.size())).mutated(random);
    Map<String, byte[]> contents = mutant.contents();
    current = "number " + number + " of " + mutant.name();
    started = System.nanoTime();
    startedCpu = cpu();
    String problem = "";
    try {
      run(mutant, contents);
      loaded++;
      inside++;
    } catch (InferenceException e) {
      problem = judge(e);
    } catch (Throwable e) {
      problem = describe(e);
    }
    long took = cpu() - startedCpu;
    if (took > slowest) {
      slowest = took;
      slowestName = current;
    }
    if (took > HANGS_AFTER_NANOS) {
      problem = "took " + took / 1_000_000 + " ms";
    }
    if (!problem.isEmpty()) {
      report(problem, number, contents);
    }
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private void run(Seed mutant, Map<String, byte[]> contents) throws IOException {
    ReadOptions options = ReadOptions.defaults().withName("m");
    if (mutant.model().isEmpty()) {
      load(contents.get(""), options);
      return;
    }
    Path root = folder.resolve("models").resolve(mutant.name());
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      Path path = root.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    ReadOptions given =
        mutant.architecture().isEmpty() ? options : options.withArchitecture(root.resolve(mutant.architecture()));
    try (Model model = engine.load(ModelFiles.open(root.resolve(mutant.model()).normalize(), given))) {
      predict(model);
    }
  }

  private void load(byte[] content, ReadOptions options) {
    try (Model model = engine.load(ModelFiles.open(content, options))) {
      predict(model);
    }
  }

  /** Two rows; lengths that are unknown are 3. What only a huge input can be given to is loaded, and that is all. */
  private static void predict(Model model) {
    List<ArrayTensor> inputs = new ArrayList<>();
    for (Port port : model.signature().inputs()) {
      int[] dims = port.spec().shape().dims();
      double size = 1;
      for (int i = 0; i < dims.length; i++) {
        dims[i] = dims[i] != Shape.UNKNOWN ? dims[i] : i == 0 ? 2 : 3;
        size *= dims[i];
      }
      if (size > LARGEST_INPUT) {
        return;
      }
      inputs.add(ArrayTensor.allocate(port.spec().dtype(), dims));
    }
    model.predict(inputs);
  }

  /** An InferenceException is right unless it hides what must not happen. */
  private String judge(InferenceException e) {
    String message = String.valueOf(e.getMessage());
    reasons.merge(e.reason().name(), 1, Integer::sum);
    if (AT_THE_CONTAINER.stream().noneMatch(message::contains)) {
      inside++;
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof Error) {
        return describe(cause);
      }
    }
    return e.reason() == Reason.INTERNAL ? describe(e.getCause() == null ? e : e.getCause()) : "";
  }

  private static String describe(Throwable e) {
    StringBuilder text = new StringBuilder(String.valueOf(e));
    for (StackTraceElement frame : e.getStackTrace()) {
      if (frame.getClassName().startsWith("dev.posthorn")) {
        text.append("\n    at ").append(frame);
        if (text.length() > 1_500) {
          break;
        }
      }
    }
    return text.toString();
  }

  private void report(String problem, int number, Map<String, byte[]> contents) throws IOException {
    String[] lines = problem.lines().toArray(String[]::new);
    String key = lines[0].replaceAll("[0-9]+", "#").replaceAll("(Exception|Error).*", "$1") + (lines.length > 1 ? lines[1] : "");
    if (findings.merge(key, 1, Integer::sum) > 1) {
      return;
    }
    System.out.println("FINDING at " + current + ": " + problem);
    for (Map.Entry<String, byte[]> file : contents.entrySet()) {
      Path path = folder.resolve("findings").resolve(Integer.toString(number)).resolve("f" + file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
  }

  /** Ends the program where one change keeps it busy. */
  private void watch() {
    var threads = ManagementFactory.getThreadMXBean();
    while (true) {
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        return;
      }
      String name = current;
      long cpu = threads.getThreadCpuTime(worker.threadId()) - startedCpu;
      if ((cpu > 2 * HANGS_AFTER_NANOS || System.nanoTime() - started > STUCK_AFTER_NANOS) && name.equals(current)) {
        System.out.println("HANGS at " + name);
        for (StackTraceElement frame : worker.getStackTrace()) {
          System.out.println("    at " + frame);
        }
        Runtime.getRuntime().halt(2);
      }
    }
  }
}
