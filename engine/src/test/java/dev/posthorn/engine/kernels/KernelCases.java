package dev.posthorn.engine.kernels;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Kernels;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** What the tests of kernels share: all kernels of this machine, random numbers, activations, parameters. */
final class KernelCases {
  static final Activation IDENTITY =
      new Activation() {
        @Override
        public void apply(float[] x, int from, int to) {}

        @Override
        public boolean isIdentity() {
          return true;
        }
      };

  static final Activation RELU =
      new Activation() {
        @Override
        public void apply(float[] x, int from, int to) {
          for (int i = from; i < to; i++) {
            x[i] = Math.max(x[i], 0);
          }
        }

        @Override
        public boolean isRelu() {
          return true;
        }
      };

  static final Activation TANH =
      new Activation() {
        @Override
        public void apply(float[] x, int from, int to) {
          throw new AssertionError("kernels were not handed on");
        }

        @Override
        public void apply(Kernels kernels, float[] x, int from, int to) {
          kernels.apply(Function.TANH, 0f, 0f, x, from, to);
        }
      };

  private KernelCases() {}

  /** The vector kernels of this machine's own width; narrower ones have their own process: {@link NarrowVectorsTest}. */
  static Stream<EngineKernels> vectors() {
    return Stream.of(KernelSelection.select("auto").kernels());
  }

  static Stream<EngineKernels> all() {
    return Stream.concat(vectors(), Stream.of(new EjmlKernels()));
  }

  static float[] random(SplittableRandom random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The parameters a and b with which the tests call a function. */
  static List<Float> parameters(Function f) {
    return switch (f) {
      case ELU -> List.of(1.3f, 0f);
      case SELU -> List.of(1.6732632f, 1.050701f);
      case CELU -> List.of(1.5f, 0f);
      case LEAKY_RELU -> List.of(0.2f, 0f);
      case HARD_SIGMOID, HARD_SILU -> List.of(1 / 6f, 0.5f);
      case CLIP -> List.of(-1f, 2f);
      case HARD_SHRINK, SOFT_SHRINK -> List.of(0.5f, 0f);
      case THRESHOLD -> List.of(0.3f, -2f);
      case SQUAREPLUS -> List.of(4f, 0f);
      default -> List.of(0f, 0f);
    };
  }
}
