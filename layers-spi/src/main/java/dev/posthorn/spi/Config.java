package dev.posthorn.spi;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An object of a model's JSON. Asking for a key marks it as understood; a key that was never asked for nor {@linkplain
 * #ignore ignored} makes the model UNSUPPORTED by name, unless its value is null, false or empty. Accessors without a
 * default throw an InferenceException (INVALID_MODEL) that names layer and key if the value is absent or of another
 * kind.
 */
public interface Config {
  Set<String> keys();

  /** Whether there is a value other than null; does not count as asking. */
  boolean has(String key);

  int integer(String key);

  int integer(String key, int otherwise);

  double number(String key);

  double number(String key, double otherwise);

  boolean flag(String key);

  boolean flag(String key, boolean otherwise);

  String string(String key);

  String string(String key, String otherwise);

  /** A list of integers; a single one is a list of one. */
  int[] integers(String key);

  /** Exactly that many integers; a single one stands for all. */
  int[] integers(String key, int count);

  /** Numbers, nested lists flattened; a single one is a list of one. */
  double[] numbers(String key);

  List<String> strings(String key);

  Optional<Config> config(String key);

  /** A list of objects; empty if absent. */
  List<Config> configs(String key);

  /**
   * The value as it is: String, Long, Double, Boolean, List, Map, {@link Argument} for a tensor of a call, or null. Also
   * counts everything below as asked for.
   */
  @Nullable Object value(String key);

  /** Says that these keys have no influence on inference. */
  void ignore(String... keys);
}
