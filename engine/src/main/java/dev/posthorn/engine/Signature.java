package dev.posthorn.engine;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The inputs and outputs of a model in Keras' flat order. */
public record Signature(List<Port> inputs, List<Port> outputs) {
  public Signature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** A tensor as somebody sent it: by name, by alias, or with an empty name where there is only one. */
  public record Named(String name, ArrayTensor tensor) {}

  /**
   * Puts named tensors into the model's order, converts their types without loss, and checks their shapes.
   *
   * @throws InferenceException UNKNOWN_INPUT, INVALID_ARGUMENT (sent twice), MISSING_INPUT, INVALID_DTYPE,
   *     INVALID_INPUT_SHAPE
   */
  public List<ArrayTensor> bind(List<Named> sent) {
    @Nullable ArrayTensor[] bound = new ArrayTensor[inputs.size()];
    for (Named named : sent) {
      int index = inputIndex(named.name());
      if (bound[index] != null) {
        throw new InferenceException(
            Reason.INVALID_ARGUMENT,
            Map.of("input", inputs.get(index).name()),
            "input '" + inputs.get(index).name() + "' was sent twice");
      }
      bound[index] = named.tensor();
    }
    List<ArrayTensor> result = new ArrayList<>(bound.length);
    for (int i = 0; i < bound.length; i++) {
      Port port = inputs.get(i);
      ArrayTensor tensor = bound[i];
      if (tensor == null) {
        throw new InferenceException(
            Reason.MISSING_INPUT,
            Map.of("input", port.name(), "expected", port.spec().toString()),
            "input '" + port.name() + "' is missing: expected " + port.spec());
      }
      ArrayTensor converted = Conversions.convert(tensor, port.spec().dtype(), port.name());
      checkShape(port, converted.shape());
      result.add(converted);
    }
    checkRows(result);
    return result;
  }

  /** As {@link #bind(List)}, for a map. */
  public List<ArrayTensor> bind(Map<String, ArrayTensor> sent) {
    return bind(sent.entrySet().stream().map(e -> new Named(e.getKey(), e.getValue())).toList());
  }

  /** The index of an input by name, alias, or, if there is only one, the empty name. */
  public int inputIndex(String name) {
    int index = index(inputs, name);
    if (index < 0) {
      throw new InferenceException(
          Reason.UNKNOWN_INPUT,
          Map.of("input", name, "expected", names(inputs).toString()),
          (name.isEmpty() ? "an input without a name" : "unknown input '" + name + "'")
              + ": expected " + names(inputs));
    }
    return index;
  }

  /** The index of an output by name, alias, or, if there is only one, the empty name. */
  public int outputIndex(String name) {
    int index = index(outputs, name);
    if (index < 0) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT,
          Map.of("output", name, "expected", names(outputs).toString()),
          "unknown output '" + name + "': expected " + names(outputs));
    }
    return index;
  }

  private static int index(List<Port> ports, String name) {
    if (name.isEmpty()) {
      return ports.size() == 1 ? 0 : -1;
    }
    for (int i = 0; i < ports.size(); i++) {
      if (ports.get(i).name().equals(name)) {
        return i;
      }
    }
    for (int i = 0; i < ports.size(); i++) {
      if (ports.get(i).alias().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private static void checkShape(Port port, Shape actual) {
    Shape expected = port.spec().shape();
    if (expected.accepts(actual)) {
      return;
    }
    boolean features =
        expected.rank() == actual.rank()
            && expected.rank() >= 2
            && expected.dropLast().accepts(actual.dropLast());
    String message =
        features
            ? "expected " + expected.last() + " features, got " + actual.last()
            : "expected shape " + expected + ", got " + actual;
    throw new InferenceException(
        Reason.INVALID_INPUT_SHAPE,
        Map.of("input", port.name(), "expected", expected.toString(), "actual", actual.toString()),
        "input '" + port.name() + "': " + message);
  }

  private void checkRows(List<ArrayTensor> tensors) {
    int rows = -1;
    for (int i = 0; i < tensors.size(); i++) {
      Shape shape = tensors.get(i).shape();
      if (shape.rank() == 0) {
        continue;
      }
      if (rows >= 0 && shape.first() != rows) {
        throw new InferenceException(
            Reason.INVALID_INPUT_SHAPE,
            Map.of(
                "input", inputs.get(i).name(),
                "expected", Integer.toString(rows),
                "actual", Integer.toString(shape.first())),
            "input '" + inputs.get(i).name() + "': expected " + rows + " rows as in '" + inputs.get(0).name()
                + "', got " + shape.first());
      }
      rows = shape.first();
    }
  }

  private static List<String> names(List<Port> ports) {
    return ports.stream().map(Port::name).toList();
  }
}
