package dev.posthorn.engine.layers.lookup;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.Tensor;
import dev.posthorn.spi.TensorSpec;
import java.util.List;

/** Indices to the tokens that they stand for: a lookup layer with {@code invert}. The shape stays. */
final class InverseLookup implements Layer {
  private final boolean strings;
  private final String[] texts;
  private final long[] numbers;

  /**
   * Takes the tokens.
   *
   * @param entries the token of unknown indices, then that of each index
   */
  InverseLookup(boolean strings, List<Object> entries) {
    this.strings = strings;
    this.texts = strings ? entries.stream().map(String::valueOf).toArray(String[]::new) : new String[0];
    this.numbers = strings ? new long[0] : entries.stream().mapToLong(e -> (Long) e).toArray();
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    if (!IntegerTokens.isNumber(call.input())) {
      throw call.error("expected integers, got %s", call.input().dtype().kerasName());
    }
    return List.of(call.input().withDType(strings ? DType.STRING : DType.INT64));
  }

  @Override
  public void forward(Call call) {
    Tensor input = call.input(0);
    Tensor output = call.output(0);
    int size = input.size();
    int entries = strings ? texts.length : numbers.length;
    for (int i = 0; i < size; i++) {
      long index = IntegerTokens.at(input, i);
      int entry = index >= 0 && index < entries - 1 ? (int) index + 1 : 0;
      if (strings) {
        output.strings()[i] = texts[entry];
      } else {
        output.longs()[i] = numbers[entry];
      }
    }
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }

  @Override
  public boolean supports(DType dtype) {
    return true;
  }
}
