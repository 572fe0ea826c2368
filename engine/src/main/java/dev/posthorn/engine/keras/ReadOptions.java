package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.spi.KerasVersion;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model file may not say by itself.
 *
 * @param name the model's name; empty: the file name without its ending
 * @param architecture for weights alone: a config.json, the text of to_json(), or a {@code .keras} file whose
 *     architecture is taken
 * @param activations for weights alone, in place of an architecture: one for each kernel
 * @param kerasVersion by which the model was written, where the file does not say
 * @param budget what the file may cost
 * @param replace layer name to the registered name of what computes it instead
 */
public record ReadOptions(
    String name,
    Optional<Path> architecture,
    List<String> activations,
    Optional<KerasVersion> kerasVersion,
    Budget budget,
    Map<String, String> replace) {

  private static final ReadOptions DEFAULTS =
      new ReadOptions("", Optional.empty(), List.of(), Optional.empty(), Budget.DEFAULT, Map.of());

  public ReadOptions {
    activations = List.copyOf(activations);
    replace = Map.copyOf(replace);
  }

  public static ReadOptions defaults() {
    return DEFAULTS;
  }

  public ReadOptions withName(String other) {
    return new ReadOptions(other, architecture, activations, kerasVersion, budget, replace);
  }

  public ReadOptions withArchitecture(Path file) {
    return new ReadOptions(name, Optional.of(file), activations, kerasVersion, budget, replace);
  }

  public ReadOptions withActivations(List<String> others) {
    return new ReadOptions(name, architecture, others, kerasVersion, budget, replace);
  }

  public ReadOptions withKerasVersion(KerasVersion version) {
    return new ReadOptions(name, architecture, activations, Optional.of(version), budget, replace);
  }

  public ReadOptions withBudget(Budget other) {
    return new ReadOptions(name, architecture, activations, kerasVersion, other, replace);
  }

  public ReadOptions withReplace(Map<String, String> others) {
    return new ReadOptions(name, architecture, activations, kerasVersion, budget, others);
  }
}
