package dev.posthorn.spi;

import java.util.List;
import java.util.Map;

/** What a composite may do with its symbols. */
public interface Calls {
  /** Calls a sub-layer with tensors. */
  List<Value> call(SubLayer layer, Value... inputs);

  /**
   * Calls a sub-layer as Python would: positional and keyword arguments are constants (Boolean, Long, Double, String,
   * List, Map, null) or {@link Value}s, at any depth. The values in order of appearance become the layer's inputs; those
   * of the keyword {@code mask} become the masks of its inputs instead.
   */
  List<Value> call(SubLayer layer, List<?> positional, Map<String, ?> keywords);

  /** Calls an operation of keras.ops with positional arguments. */
  Value operation(String module, String name, Object... arguments);

  /** Calls an operation of keras.ops with positional and keyword arguments. */
  List<Value> operation(String module, String name, List<?> positional, Map<String, ?> keywords);

  Value activation(Activation activation, Value input);

  /**
   * An argument of this composite's own call, by position or keyword, whichever the file used: a tensor is an index among
   * the composite's inputs.
   */
  Argument argument(int position, String name);

  /** The constant arguments of this composite's own call. */
  Config arguments();
}
