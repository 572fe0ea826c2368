package dev.posthorn.engine.keras;

import dev.posthorn.engine.Engine;
import dev.posthorn.engine.Model;
import dev.posthorn.spi.InferenceException;
import java.nio.file.Path;
import java.util.Locale;

/** Loads a model, with an architecture beside it; the program of a child JVM with little memory. */
final class LargeModel {
  private LargeModel() {}

  public static void main(String[] arguments) {
    try (Engine engine = Engine.builder().threads(1).kernels(arguments[1]).build();
        Model model = engine.load(ModelFiles.open(Path.of(arguments[0]), ReadOptions.defaults()))) {
      System.out.println(String.format(Locale.ROOT, "loaded %d %s", model.memoryBytes(), model.sha256()));
    } catch (InferenceException | OutOfMemoryError e) {
      System.out.println(e);
    }
  }
}
