package dev.posthorn.engine.keras.hdf5;

/**
 * The position of a chunk in an array of chunks: row-major in the grid of the largest dataset that is allowed, with the
 * axis that may grow without end as the slowest one of an extensible array.
 */
final class ChunkOrder {
  private final int[] grid;
  private final int[] axes;
  private final long[] most;

  ChunkOrder(Chunks chunks, boolean extensible) {
    this.grid = chunks.grid();
    int rank = grid.length;
    this.axes = new int[rank];
    this.most = new long[rank];
    int unlimited = 0;
    for (int axis = 0; axis < rank; axis++) {
      long limit = chunks.space().most()[axis];
      unlimited = extensible && limit == Dataspace.UNLIMITED ? axis : unlimited;
      int size = chunks.size()[axis];
      most[axis] = limit == Dataspace.UNLIMITED ? grid[axis] : (limit + size - 1) / size;
    }
    axes[0] = unlimited;
    for (int axis = 0, next = 1; axis < rank; axis++) {
      if (axis != unlimited) {
        axes[next++] = axis;
      }
    }
  }

  /** Where a chunk of the grid stands; at most {@link Long#MAX_VALUE}, which is behind every array. */
  long position(int chunk) {
    int[] at = new int[grid.length];
    int rest = chunk;
    for (int axis = grid.length - 1; axis >= 0; axis--) {
      at[axis] = rest % grid[axis];
      rest /= grid[axis];
    }
    long position = 0;
    for (int i = 0; i < axes.length; i++) {
      long limit = i == 0 ? 0 : most[axes[i]];
      if (limit != 0 && position > (Long.MAX_VALUE >> 1) / limit) {
        return Long.MAX_VALUE >> 1;
      }
      position = position * limit + at[axes[i]];
    }
    return position;
  }
}
