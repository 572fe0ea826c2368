package dev.posthorn.engine.keras;

import dev.posthorn.spi.KerasVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a settings file beside a model says; everything is optional.
 *
 * @param architecture for weights alone
 * @param activations for weights alone, one for each kernel
 * @param kerasVersion where the model's file does not say by which Keras it was written
 * @param classes names of the classes along the last axis, by output
 * @param versions which versions are live
 * @param labels names of versions
 * @param batching limits of joined batches
 * @param warmUp numbers of rows that are computed before the model goes live
 * @param proof what the model must reproduce before it goes live
 * @param replace layer name to the registered name of what computes it instead
 */
public record Settings(
    Optional<Path> architecture,
    List<String> activations,
    Optional<KerasVersion> kerasVersion,
    Map<String, List<String>> classes,
    Optional<Versions> versions,
    Map<String, Long> labels,
    Batching batching,
    List<Integer> warmUp,
    Optional<Proof> proof,
    Map<String, String> replace) {

  public static final Settings NONE =
      new Settings(
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Map.of(),
          Optional.empty(),
          Map.of(),
          Batching.NONE,
          List.of(),
          Optional.empty(),
          Map.of());

  public Settings {
    activations = List.copyOf(activations);
    classes = Map.copyOf(classes);
    labels = Map.copyOf(labels);
    warmUp = List.copyOf(warmUp);
    replace = Map.copyOf(replace);
  }

  /** Which versions of a model are live. */
  public sealed interface Versions {
    /** The newest. */
    record Latest(int count) implements Versions {}

    /** Every one that is there. */
    record All() implements Versions {}

    /** These and no others. */
    record Specific(List<Long> numbers) implements Versions {
      public Specific {
        numbers = List.copyOf(numbers);
      }
    }
  }

  /** Limits of joined batches; empty: the server's. */
  public record Batching(
      OptionalInt maxRows,
      Optional<Duration> maxDelay,
      OptionalInt queueRows,
      OptionalLong queueBytes,
      Optional<Duration> timeout) {
    static final Batching NONE =
        new Batching(
            OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), OptionalLong.empty(), Optional.empty());
  }

  /** Files of inputs and of the outputs that the model must give for them, in the order of the model's. */
  public record Proof(List<Path> inputs, List<Path> outputs, double rtol, double atol) {
    public Proof {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /** The options with what these settings add; what the options say already stays. */
  public ReadOptions applyTo(ReadOptions options) {
    ReadOptions merged = options;
    boolean open = options.architecture().isEmpty() && options.activations().isEmpty();
    if (open && architecture.isPresent()) {
      merged = merged.withArchitecture(architecture.get());
    }
    if (open && !activations.isEmpty()) {
      merged = merged.withActivations(activations);
    }
    if (options.kerasVersion().isEmpty() && kerasVersion.isPresent()) {
      merged = merged.withKerasVersion(kerasVersion.get());
    }
    Map<String, String> both = new LinkedHashMap<>(replace);
    both.putAll(options.replace());
    return merged.withReplace(both);
  }
}
