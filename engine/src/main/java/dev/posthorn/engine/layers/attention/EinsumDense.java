package dev.posthorn.engine.layers.attention;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Config;
import dev.posthorn.spi.Derived;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import dev.posthorn.spi.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * keras.layers.EinsumDense where it is a matrix product: (free..., summed...) and a kernel (summed..., added...) give
 * (free..., added...), plus a bias over added axes.
 */
final class EinsumDense implements Layer {
  private final Masking masking;
  private final Shape summed;
  private final Shape added;
  private final Matrix kernel;
  private final @Nullable Derived<float[]> bias;
  private final Activation activation;

  EinsumDense(LayerSpec spec, Masking masking) {
    this.masking = masking;
    Config config = spec.config();
    // The file holds the kernel with the low-rank update already added.
    config.ignore("lora_rank", "lora_alpha", "gptq_unpacked_column_size", "quantization_config");
    EinsumEquation equation = EinsumEquation.of(config.string("equation"), spec);
    Shape input = spec.input().shape();
    int summedAxes = equation.summed().length();
    if (input.rank() <= summedAxes) {
      throw spec.error("expected an input of more than %d axes, got %s", summedAxes, input);
    }
    summed = input.slice(input.rank() - summedAxes, input.rank());
    added = added(config.value("output_shape"), equation.added().length(), spec);
    if (!summed.isKnown() || !added.isKnown()) {
      throw spec.error("expected known lengths to sum over, got input %s and output %s", summed, added);
    }
    activation = spec.activation("activation");
    if (activation.scope() == Activation.Scope.ROW && added.rank() != 1) {
      throw spec.unsupported("an activation over rows with %d output axes", added.rank());
    }
    kernel = spec.matrix(spec.weight("kernel", summed.append(added.dims())), summed.size(), added.size());
    bias = bias(config.string("bias_axes", ""), equation.added(), spec);
  }

  private static Shape added(@Nullable Object outputShape, int count, LayerSpec spec) {
    List<?> list = outputShape instanceof List<?> given ? given : outputShape == null ? List.of() : List.of(outputShape);
    int[] dims = new int[count];
    for (int i = 0; i < count; i++) {
      int from = list.size() - count + i;
      if (from < 0 || !(list.get(from) instanceof Number length) || length.longValue() != length.intValue()) {
        throw spec.error("output_shape: expected %d lengths at the end, got %s", count, list);
      }
      dims[i] = length.intValue();
    }
    return Shape.of(dims);
  }

  private @Nullable Derived<float[]> bias(String axes, String letters, LayerSpec spec) {
    if (axes.isEmpty()) {
      return null;
    }
    int from = letters.length() - axes.length();
    if (from < 0 || !letters.substring(from).equals(axes)) {
      throw spec.unsupported("bias_axes '%s' (expected: the last of '%s')", axes, letters);
    }
    Weight weight = spec.weight("bias", added.slice(from, added.rank()));
    int columns = added.size();
    return spec.derive(() -> {
      float[] repeated = new float[columns];
      float[] once = weight.floats();
      int length = weight.shape().size();
      for (int i = 0; i < columns; i++) {
        repeated[i] = once[i % length];
      }
      return repeated;
    });
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    Shape input = call.input().shape();
    int free = input.rank() - summed.rank();
    if (free < 1 || !summed.accepts(input.slice(free, input.rank()))) {
      throw call.error("expected an input that ends with %s, got %s", summed, input);
    }
    return List.of(call.input().withShape(input.slice(0, free).append(added.dims())));
  }

  @Override
  public void forward(Call call) {
    float[] y = call.output(0).floats();
    int rows = call.output(0).size() / kernel.columns();
    float[] shift = bias == null ? null : bias.get();
    call.kernels().affine(call.input(0).floats(), 0, rows, kernel, shift, activation, y, 0);
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }

  @Override
  public Masking masking() {
    return masking;
  }
}
