package dev.posthorn.cli.bench;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Port;
import dev.posthorn.engine.Signature;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.Shape;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Made-up inputs from a seed: floats from -1 to 1, integers and strings of a range. */
public final class RandomInputs {
  /** Stands for lengths that the model leaves open. */
  private static final int OPEN_LENGTH = 32;

  private RandomInputs() {}

  /** One batch, in the order of the signature. */
  public static List<ArrayTensor> of(Signature signature, int rows, ValueRange range, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<ArrayTensor> inputs = new ArrayList<>();
    for (Port port : signature.inputs()) {
      inputs.add(fill(new TensorSpec(port.spec().dtype(), shape(port.spec().shape(), rows)), range, random));
    }
    return inputs;
  }

  private static Shape shape(Shape declared, int rows) {
    int[] dims = declared.dims();
    for (int axis = 0; axis < dims.length; axis++) {
      if (axis == 0) {
        dims[axis] = rows;
      } else if (dims[axis] == Shape.UNKNOWN) {
        dims[axis] = OPEN_LENGTH;
      }
    }
    return Shape.of(dims);
  }

  private static ArrayTensor fill(TensorSpec spec, ValueRange range, SplittableRandom random) {
    ArrayTensor tensor = ArrayTensor.allocate(spec);
    int below = spec.dtype() == DType.INT8 ? Math.min(range.below(), Byte.MAX_VALUE) : range.below();
    for (int i = 0; i < tensor.size(); i++) {
      switch (tensor.array()) {
        case float[] floats -> floats[i] = random.nextFloat() * 2 - 1;
        case double[] doubles -> doubles[i] = random.nextDouble() * 2 - 1;
        case int[] ints -> ints[i] = random.nextInt(below);
        case long[] longs -> longs[i] = random.nextInt(below);
        case boolean[] booleans -> booleans[i] = random.nextBoolean();
        default -> tensor.strings()[i] = range.words().get(random.nextInt(range.words().size()));
      }
    }
    return tensor;
  }
}
