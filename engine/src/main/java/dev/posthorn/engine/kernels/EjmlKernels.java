package dev.posthorn.engine.kernels;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.Channels;
import dev.posthorn.spi.Convolutions;
import dev.posthorn.spi.Function;
import dev.posthorn.spi.Matrix;
import dev.posthorn.spi.Poolings;
import dev.posthorn.spi.Recurrences;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.CommonOps_FDRM;
import org.jspecify.annotations.Nullable;

/**
 * The reference: products by EJML, functions one number at a time in double.
 *
 * <p>EJML adds each sum in the order of k. Which of its loops it takes, and so whether a sum begins with 0 or with the
 * first product, depends on the columns of the second matrix, never on the rows of the first: a row keeps its bits.
 */
public final class EjmlKernels implements EngineKernels {
  private record FloatMatrix(FMatrixRMaj values, int rows, int columns) implements Matrix {}

  private record DoubleMatrix(DMatrixRMaj values, int rows, int columns) implements Matrix {}

  private final Convolutions convolutions = new ScalarConvolutions(EjmlKernels::floats);
  private final Poolings poolings = new ScalarPoolings();
  private final Channels channels = new ScalarChannels();
  private final Recurrences recurrences = new ScalarRecurrences();
  private final ThreadLocal<EjmlWorkspace> workspace = ThreadLocal.withInitial(EjmlWorkspace::new);

  @Override
  public String name() {
    return "ejml";
  }

  @Override
  public Matrix pack(float[] values, int rows, int columns) {
    float[] own = Arrays.copyOf(values, Math.multiplyExact(rows, columns));
    return new FloatMatrix(FMatrixRMaj.wrap(rows, columns, own), rows, columns);
  }

  @Override
  public Packing packing(int rows, int columns) {
    return new RowPacking(rows, columns);
  }

  /** Rows one behind the other, as EJML has them. */
  private static final class RowPacking implements Packing {
    private final int rows;
    private final int columns;
    private final float[] own;
    private int filled;

    RowPacking(int rows, int columns) {
      this.rows = rows;
      this.columns = columns;
      this.own = new float[Math.multiplyExact(rows, columns)];
    }

    @Override
    public void put(float[] values, int count) {
      System.arraycopy(values, 0, own, filled, count);
      filled += count;
    }

    @Override
    public Matrix matrix() {
      if (filled != own.length) {
        throw new IllegalStateException("expected " + own.length + " numbers, got " + filled);
      }
      return new FloatMatrix(FMatrixRMaj.wrap(rows, columns, own), rows, columns);
    }
  }

  @Override
  public Matrix pack(double[] values, int rows, int columns) {
    double[] own = Arrays.copyOf(values, Math.multiplyExact(rows, columns));
    return new DoubleMatrix(DMatrixRMaj.wrap(rows, columns, own), rows, columns);
  }

  @Override
  public long bytes(Matrix matrix) {
    return switch (matrix) {
      case FloatMatrix m -> 4L * m.values().data.length;
      case DoubleMatrix m -> 8L * m.values().data.length;
      default -> throw foreign(matrix);
    };
  }

  @Override
  public void affine(
      float[] x, int xFrom, int rows, Matrix m, float @Nullable [] bias, Activation activation, float[] y, int yFrom) {
    if (!(m.packed() instanceof FloatMatrix matrix)) {
      throw foreign(m);
    }
    int n = matrix.columns();
    EjmlWorkspace work = workspace.get();
    FMatrixRMaj left = work.floats(0, x, xFrom, rows, matrix.rows(), matrix.rows());
    FMatrixRMaj result = work.floatResult(y, yFrom, rows, n);
    CommonOps_FDRM.mult(left, matrix.values(), result);
    work.store(y, yFrom, n);
    if (bias != null) {
      for (int i = 0; i < rows * n; i++) {
        y[yFrom + i] += bias[i % n];
      }
    }
    if (activation.isIdentity()) {
      return;
    }
    if (activation.scope() == Activation.Scope.ELEMENT) {
      activation.apply(this, y, yFrom, yFrom + rows * n);
    } else if (activation.outputLength(n) == n) {
      for (int r = 0; r < rows; r++) {
        activation.apply(this, y, yFrom + r * n, yFrom + (r + 1) * n);
      }
    }
  }

  @Override
  public void affine(
      double[] x, int xFrom, int rows, Matrix m, double @Nullable [] bias, Activation activation, double[] y,
      int yFrom) {
    if (!(m.packed() instanceof DoubleMatrix matrix)) {
      throw foreign(m);
    }
    int n = matrix.columns();
    EjmlWorkspace work = workspace.get();
    DMatrixRMaj left = work.doubles(0, x, xFrom, rows, matrix.rows(), matrix.rows());
    DMatrixRMaj result = work.doubleResult(y, yFrom, rows, n);
    CommonOps_DDRM.mult(left, matrix.values(), result);
    work.store(y, yFrom, n);
    if (bias != null) {
      for (int i = 0; i < rows * n; i++) {
        y[yFrom + i] += bias[i % n];
      }
    }
    if (activation.isIdentity()) {
      return;
    }
    if (activation.scope() == Activation.Scope.ELEMENT) {
      activation.apply(y, yFrom, yFrom + rows * n);
    } else if (activation.outputLength(n) == n) {
      for (int r = 0; r < rows; r++) {
        activation.apply(y, yFrom + r * n, yFrom + (r + 1) * n);
      }
    }
  }

  @Override
  public void multiply(
      int m, int n, int k,
      float[] a, int aFrom, int aStride,
      float[] b, int bFrom, int bStride, boolean bTransposed,
      float[] c, int cFrom, int cStride, boolean add) {
    EjmlWorkspace work = workspace.get();
    FMatrixRMaj left = work.floats(0, a, aFrom, m, k, aStride);
    FMatrixRMaj right = work.floats(1, b, bFrom, bTransposed ? n : k, bTransposed ? k : n, bStride);
    FMatrixRMaj product = work.floatProduct(m, n);
    if (bTransposed) {
      CommonOps_FDRM.multTransB(left, right, product);
    } else {
      CommonOps_FDRM.mult(left, right, product);
    }
    for (int r = 0; r < m; r++) {
      for (int j = 0; j < n; j++) {
        int at = cFrom + r * cStride + j;
        c[at] = add ? c[at] + product.data[r * n + j] : product.data[r * n + j];
      }
    }
    work.release();
  }

  @Override
  public void multiply(
      int m, int n, int k,
      double[] a, int aFrom, int aStride,
      double[] b, int bFrom, int bStride, boolean bTransposed,
      double[] c, int cFrom, int cStride, boolean add) {
    EjmlWorkspace work = workspace.get();
    DMatrixRMaj left = work.doubles(0, a, aFrom, m, k, aStride);
    DMatrixRMaj right = work.doubles(1, b, bFrom, bTransposed ? n : k, bTransposed ? k : n, bStride);
    DMatrixRMaj product = work.doubleProduct(m, n);
    if (bTransposed) {
      CommonOps_DDRM.multTransB(left, right, product);
    } else {
      CommonOps_DDRM.mult(left, right, product);
    }
    for (int r = 0; r < m; r++) {
      for (int j = 0; j < n; j++) {
        int at = cFrom + r * cStride + j;
        c[at] = add ? c[at] + product.data[r * n + j] : product.data[r * n + j];
      }
    }
    work.release();
  }

  @Override
  public void apply(Function f, float a, float b, float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = (float) ScalarFunctions.apply(f, a, b, x[i]);
    }
  }

  @Override
  public void apply(Function f, double a, double b, double[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = ScalarFunctions.apply(f, a, b, x[i]);
    }
  }

  @Override
  public void softmax(float[] x, int from, int to) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      x[i] = (float) StrictMath.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = from; i < to; i++) {
      x[i] = (float) (x[i] / sum);
    }
  }

  @Override
  public void softmax(double[] x, int from, int to) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      x[i] = StrictMath.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = from; i < to; i++) {
      x[i] /= sum;
    }
  }

  private static FMatrixRMaj floats(Matrix m) {
    if (m.packed() instanceof FloatMatrix matrix) {
      return matrix.values();
    }
    throw foreign(m);
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

  private static IllegalArgumentException foreign(Matrix matrix) {
    return new IllegalArgumentException("ejml cannot multiply by a " + matrix.getClass().getName());
  }
}
