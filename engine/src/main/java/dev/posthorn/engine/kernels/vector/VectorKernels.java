package dev.posthorn.engine.kernels.vector;

import static dev.posthorn.engine.kernels.vector.Lanes.COUNT;
import static dev.posthorn.engine.kernels.vector.Lanes.PANEL;

import dev.posthorn.engine.kernels.EjmlKernels;
import dev.posthorn.engine.kernels.EngineKernels;
import dev.posthorn.engine.kernels.WarmUp;
import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Channels;
import dev.posthorn.spi.Convolutions;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Poolings;
import dev.posthorn.spi.Recurrences;
import org.jspecify.annotations.Nullable;

/**
 * Kernels on the JDK's Vector API, for float32; float64 goes to {@link EjmlKernels}.
 *
 * <p>Order of summation, for every number of rows: through k in order for each column, from the bias on; columns of a
 * narrow last panel as two or four partial sums, k modulo 2 or 4; a single column as partial sums in the lanes of a
 * vector. It depends on the matrix and the width of the vectors.
 */
public final class VectorKernels implements EngineKernels {
  private static final int BLOCK_FLOATS = 8 * 1024;
  private static final float[] ZEROS = new float[PANEL * COUNT];

  private final EjmlKernels doubles = new EjmlKernels();
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
  private final Convolutions convolutions = new VectorConvolutions(scratch);
  private final Poolings poolings = new VectorPoolings(scratch);
  private final Channels channels = new VectorChannels();
  private final Recurrences recurrences = new VectorRecurrences(scratch);

  @Override
  public String name() {
    return "vector" + Lanes.SPECIES.vectorBitSize();
  }

  @Override
  public Matrix pack(float[] values, int rows, int columns) {
    return PackedMatrix.of(values, rows, columns);
  }

  @Override
  public Packing packing(int rows, int columns) {
    return new PanelPacking(rows, columns);
  }

  @Override
  public Matrix pack(double[] values, int rows, int columns) {
    return doubles.pack(values, rows, columns);
  }

  @Override
  public long bytes(Matrix matrix) {
    return matrix instanceof PackedMatrix packed ? 4L * packed.panels().length : doubles.bytes(matrix);
  }

  @Override
  public void affine(
      float[] x, int xFrom, int rows, Matrix m, float @Nullable [] bias, Activation activation, float[] y, int yFrom) {
    if (!(m.packed() instanceof PackedMatrix packed)) {
      throw new IllegalArgumentException(name() + " cannot multiply by a " + m.getClass().getName());
    }
    int k = packed.rows();
    int n = packed.columns();
    Scratch memory = scratch.get();
    float[] init = bias == null ? ZEROS : bias.length < PackedMatrix.up(n) ? memory.init(bias, n) : bias;
    int initStep = bias == null ? 0 : 1;
    float lo = activation.isRelu() ? 0 : Float.NEGATIVE_INFINITY;
    int block = Math.max(48, BLOCK_FLOATS / Math.max(1, Math.max(k, n)) / 12 * 12);
    for (int first = 0; first < rows; first += block) {
      int count = Math.min(block, rows - first);
      int yAt = yFrom + first * n;
      Product.of(x, xFrom + first * k, k, count, packed.panels(), k, n, init, initStep, lo, y, yAt, n, memory);
      activate(activation, y, yAt, count, n);
    }
  }

  private void activate(Activation activation, float[] y, int from, int rows, int columns) {
    if (activation.isIdentity() || activation.isRelu()) {
      return;
    }
    if (activation.scope() == Activation.Scope.ELEMENT) {
      activation.apply(this, y, from, from + rows * columns);
    } else if (activation.outputLength(columns) == columns) {
      for (int r = 0; r < rows; r++) {
        activation.apply(this, y, from + r * columns, from + (r + 1) * columns);
      }
    }
  }

  @Override
  public void affine(
      double[] x, int xFrom, int rows, Matrix m, double @Nullable [] bias, Activation activation, double[] y,
      int yFrom) {
    doubles.affine(x, xFrom, rows, m, bias, activation, y, yFrom);
  }

  /** {@inheritDoc} The second matrix is packed first, in scratch memory of the thread. */
  @Override
  public void multiply(
      int m, int n, int k,
      float[] a, int aFrom, int aStride,
      float[] b, int bFrom, int bStride, boolean bTransposed,
      float[] c, int cFrom, int cStride, boolean add) {
    Scratch memory = scratch.get();
    float[] panels = memory.panels(PackedMatrix.length(k, n));
    PackedMatrix.pack(b, bFrom, bStride, bTransposed, k, n, panels);
    if (!add) {
      Product.of(
          a, aFrom, aStride, m, panels, k, n, ZEROS, 0, Float.NEGATIVE_INFINITY, c, cFrom, cStride, memory);
      return;
    }
    float[] product = memory.product(m * n);
    Product.of(a, aFrom, aStride, m, panels, k, n, ZEROS, 0, Float.NEGATIVE_INFINITY, product, 0, n, memory);
    for (int r = 0; r < m; r++) {
      for (int j = 0; j < n; j++) {
        c[cFrom + r * cStride + j] += product[r * n + j];
      }
    }
  }

  @Override
  public void multiply(
      int m, int n, int k,
      double[] a, int aFrom, int aStride,
      double[] b, int bFrom, int bStride, boolean bTransposed,
      double[] c, int cFrom, int cStride, boolean add) {
    doubles.multiply(m, n, k, a, aFrom, aStride, b, bFrom, bStride, bTransposed, c, cFrom, cStride, add);
  }

  @Override
  public void apply(Function f, float a, float b, float[] x, int from, int to) {
    Functions.apply(f, a, b, x, from, to, scratch.get());
  }

  @Override
  public void apply(Function f, double a, double b, double[] x, int from, int to) {
    doubles.apply(f, a, b, x, from, to);
  }

  @Override
  public void softmax(float[] x, int from, int to) {
    Softmax.row(x, from, to, scratch.get());
  }

  @Override
  public void softmax(double[] x, int from, int to) {
    doubles.softmax(x, from, to);
  }

  @Override
  public Convolutions convolutions() {
    return convolutions;
  }

  @Override
  public Poolings poolings() {
    return poolings;
  }

  @Override
  public Channels channels() {
    return channels;
  }

  @Override
  public Recurrences recurrences() {
    return recurrences;
  }

  @Override
  public boolean warmUp(double seconds) {
    return new WarmUp(this).run(seconds);
  }
}
