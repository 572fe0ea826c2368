package dev.posthorn.engine.hostile;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.Port;
import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.ReadOptions;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Shape;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;

/** The program of the child JVM: reads every model of a folder, loads it and predicts once. */
final class ReadInChild {
  private ReadInChild() {}

  /** Arguments: the folder with the models, where one line each goes, and where the recorded events go. */
  public static void main(String[] arguments) throws IOException {
    List<Path> models;
    try (Stream<Path> found = Files.list(Path.of(arguments[0]))) {
      models = found.sorted().toList();
    }
    try (Recording recording = recording();
        PrintStream out = new PrintStream(arguments[1], StandardCharsets.UTF_8);
        Engine engine = Engine.builder().threads(1).build()) {
      for (Path model : models) {
        out.println("BEGIN\t" + model.getFileName());
        out.println(outcome(engine, model).line());
      }
      recording.dump(Path.of(arguments[2]));
      out.println("END");
    }
  }

  /** Every read and written file. */
  private static Recording recording() {
    Recording recording = new Recording();
    recording.setToDisk(false);
    recording.setMaxSize(8 << 20);
    recording.enable("jdk.FileRead").withThreshold(Duration.ZERO).withoutStackTrace();
    recording.enable("jdk.FileWrite").withThreshold(Duration.ZERO).withoutStackTrace();
    recording.start();
    return recording;
  }

  @SuppressWarnings("CatchAndPrintStackTrace")
  private static Outcome outcome(Engine engine, Path file) {
    String name = String.valueOf(file.getFileName());
    long start = cpuMillis();
    try (Model model = engine.load(ModelFiles.open(file, ReadOptions.defaults()))) {
      ArrayTensor output = model.predict(ramps(model)).get(0);
      float[] numbers = output.dtype() == DType.FLOAT32 ? output.floats() : new float[0];
      return new Outcome(name, cpuMillis() - start, "", "", "", numbers);
    } catch (InferenceException e) {
      String message = String.valueOf(e.getMessage());
      return new Outcome(name, cpuMillis() - start, "InferenceException", e.reason().name(), message, new float[0]);
    } catch (Throwable e) {
      e.printStackTrace();
      return new Outcome(name, cpuMillis() - start, e.getClass().getSimpleName(), "", String.valueOf(e), new float[0]);
    }
  }

  private static long cpuMillis() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1_000_000;
  }

  /** Two rows of small numbers; lengths that are unknown are 3. */
  static List<ArrayTensor> ramps(Model model) {
    List<ArrayTensor> inputs = new ArrayList<>();
    for (Port port : model.signature().inputs()) {
      int[] dims = port.spec().shape().dims();
      for (int i = 0; i < dims.length; i++) {
        dims[i] = dims[i] != Shape.UNKNOWN ? dims[i] : i == 0 ? 2 : 3;
      }
      ArrayTensor input = ArrayTensor.allocate(port.spec().dtype(), dims);
      if (input.dtype() == DType.FLOAT32) {
        for (int i = 0; i < input.size(); i++) {
          input.floats()[i] = (i % 17 - 8) / 8f;
        }
      }
      inputs.add(input);
    }
    return inputs;
  }
}
