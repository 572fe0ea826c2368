package dev.posthorn.engine;

import dev.posthorn.spi.Argument;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.TensorSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of one call, with the lengths that are known: symbolic ones while loading, real ones in a layout. */
final class NodeCall implements CallSpec {
  private final String label;
  private final List<TensorSpec> inputs;
  private final boolean[] masked;
  private final List<Argument> positional;
  private final Map<String, Argument> keywords;
  private final JsonConfig constants;

  NodeCall(
      String label,
      List<TensorSpec> inputs,
      boolean[] masked,
      List<Argument> positional,
      Map<String, Argument> keywords) {
    this.label = label;
    this.inputs = List.copyOf(inputs);
    this.masked = masked;
    this.positional = List.copyOf(positional);
    this.keywords = Map.copyOf(keywords);
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    keywords.forEach((key, argument) -> {
      if (!argument.isTensor()) {
        values.put(key, argument.value());
      }
    });
    this.constants = new JsonConfig(label, values);
  }

  NodeCall withInputs(List<TensorSpec> others) {
    return new NodeCall(label, others, masked, positional, keywords);
  }

  @Override
  public List<TensorSpec> inputs() {
    return inputs;
  }

  @Override
  public boolean hasMask(int input) {
    return input < masked.length && masked[input];
  }

  @Override
  public Argument argument(int position, String name) {
    Argument named = keywords.get(name);
    if (named != null) {
      return named;
    }
    return position >= 0 && position < positional.size() ? positional.get(position) : Argument.ABSENT;
  }

  @Override
  public int indexOf(String keyword) {
    Argument argument = keywords.get(keyword);
    return argument == null ? -1 : argument.input();
  }

  @Override
  public Config arguments() {
    return constants;
  }

  @Override
  public InferenceException error(String message, Object... values) {
    return new InferenceException(
        Reason.INVALID_INPUT_SHAPE,
        Map.of("layer", label),
        label + ": " + String.format(java.util.Locale.ROOT, message, values));
  }
}
