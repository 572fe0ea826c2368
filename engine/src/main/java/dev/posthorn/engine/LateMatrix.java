package dev.posthorn.engine;

import dev.posthorn.engine.kernels.EngineKernels;
import dev.posthorn.spi.Matrix;
import org.jspecify.annotations.Nullable;

/** A matrix that is packed when its weight is bound. */
final class LateMatrix implements Matrix {
  private final BoundWeight weight;
  private final int rows;
  private final int columns;
  private volatile @Nullable Matrix packed;

  LateMatrix(BoundWeight weight, int rows, int columns) {
    this.weight = weight;
    this.rows = rows;
    this.columns = columns;
  }

  BoundWeight weight() {
    return weight;
  }

  /** Packs the numbers straight from the file, none of which stay in memory otherwise. */
  void stream(EngineKernels kernels) {
    EngineKernels.Packing packing = kernels.packing(rows, columns);
    weight.stream(packing::put);
    packed = packing.matrix();
  }

  void pack(EngineKernels kernels) {
    packed =
        switch (weight.dtype().storage()) {
          case DOUBLES -> kernels.pack(weight.doubles(), rows, columns);
          default -> kernels.pack(weight.floats(), rows, columns);
        };
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public Matrix packed() {
    Matrix result = packed;
    if (result == null) {
      throw new IllegalStateException("matrix of " + weight.owner() + " is not bound yet");
    }
    return result;
  }
}
