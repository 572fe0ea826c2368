package dev.posthorn.engine.layers.recurrent;

import dev.posthorn.spi.Call;
import dev.posthorn.spi.CallSpec;
import dev.posthorn.spi.Layer;
import dev.posthorn.spi.LayerSpec;
import dev.posthorn.spi.Masking;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a {@link Bidirectional}: merges the output of the forward and the backward layer, the latter turned round
 * in time if these are sequences; or only turns one round. The result has the mask of the first.
 */
final class MergeDirections implements Layer {
  static final String MODULE = "keras.src.ops.posthorn";
  static final String NAME = "MergeDirections";
  static final String MODE = "mode";
  static final String FLIP = "flip";

  private enum Mode {
    NONE,
    CONCAT,
    SUM,
    MUL,
    AVE
  }

  private record Merge(Mode mode, int rows, int steps, int width, int secondWidth) {}

  MergeDirections(LayerSpec spec) {
    spec.config().ignore("name");
  }

  private static Mode mode(CallSpec call) {
    Object mode = call.argument(-1, MODE).value();
    for (Mode known : Mode.values()) {
      if (known.name().equalsIgnoreCase(String.valueOf(mode))) {
        return known;
      }
    }
    throw call.error("unknown merge_mode '%s'", String.valueOf(mode));
  }

  @Override
  public List<TensorSpec> outputs(CallSpec call) {
    TensorSpec first = call.input();
    Shape last = call.inputs().get(call.inputs().size() - 1).shape();
    if (last.rank() != first.shape().rank() || last.rank() < 2 || !first.shape().dropLast().accepts(last.dropLast())) {
      throw call.error("expected both directions to give as many steps, got %s and %s", first.shape(), last);
    }
    if (mode(call) != Mode.CONCAT) {
      if (!first.shape().accepts(last)) {
        throw call.error("expected both directions to give one shape, got %s and %s", first.shape(), last);
      }
      return List.of(first);
    }
    return List.of(first.withLast(first.shape().last() + call.inputs().get(1).shape().last()));
  }

  @Override
  public @Nullable Object prepare(CallSpec call) {
    Shape shape = call.input().shape();
    boolean flip = Boolean.TRUE.equals(call.argument(-1, FLIP).value());
    int steps = flip ? shape.dim(1) : 1;
    Shape second = call.inputs().get(call.inputs().size() - 1).shape();
    int firstAxis = flip ? 2 : 1;
    return new Merge(
        mode(call), shape.first(), steps, shape.product(firstAxis, shape.rank()),
        second.product(firstAxis, second.rank()));
  }

  @Override
  public void forward(Call call) {
    Merge merge = call.prepared(Merge.class);
    float[] first = call.input(0).floats();
    float[] second = call.input(call.inputCount() - 1).floats();
    float[] y = call.output(0).floats();
    int width = merge.width();
    for (int row = 0; row < merge.rows(); row++) {
      for (int step = 0; step < merge.steps(); step++) {
        int cell = row * merge.steps() + step;
        int a = cell * width;
        int b = (row * merge.steps() + merge.steps() - 1 - step) * merge.secondWidth();
        switch (merge.mode()) {
          case NONE -> System.arraycopy(second, b, y, a, width);
          case CONCAT -> {
            int to = cell * (width + merge.secondWidth());
            System.arraycopy(first, a, y, to, width);
            System.arraycopy(second, b, y, to + width, merge.secondWidth());
          }
          case SUM -> {
            for (int i = 0; i < width; i++) {
              y[a + i] = first[a + i] + second[b + i];
            }
          }
          case MUL -> {
            for (int i = 0; i < width; i++) {
              y[a + i] = first[a + i] * second[b + i];
            }
          }
          case AVE -> {
            for (int i = 0; i < width; i++) {
              y[a + i] = (first[a + i] + second[b + i]) / 2;
            }
          }
        }
      }
    }
  }

  @Override
  public boolean rowsIndependent(CallSpec call) {
    return true;
  }

  @Override
  public Masking masking() {
    return Masking.PASS;
  }
}
