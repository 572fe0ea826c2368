package dev.posthorn.engine.keras.hdf5;

import dev.posthorn.engine.Budget;
import dev.posthorn.spi.Shape;

/**
 * The axes of a dataset or an attribute. Format: HDF5 specification, IV.A.2.b.
 *
 * @param dims the length of each axis; none for a scalar
 * @param most how long it may become, {@link #UNLIMITED} for any length
 * @param isNull whether there are no elements at all
 */
record Dataspace(int[] dims, long[] most, boolean isNull) {
  static final long UNLIMITED = -1;
  private static final int MAX_RANK = 32;
  private static final int NULL = 2;

  static Dataspace read(Cursor cursor) {
    int version = cursor.version(1, 2);
    int rank = cursor.u8();
    int flags = cursor.u8();
    int type = cursor.u8();
    cursor.skip(version == 1 ? 4 : 0);
    if (rank > MAX_RANK) {
      throw cursor.damaged(rank + " axes; expected at most " + MAX_RANK);
    }
    int[] dims = new int[rank];
    long[] most = new long[rank];
    for (int i = 0; i < rank; i++) {
      long dim = cursor.unsigned(cursor.image().lengthWidth());
      if (dim < 0 || dim > Integer.MAX_VALUE) {
        throw cursor.damaged("axis " + i + " declares " + Long.toUnsignedString(dim) + " elements");
      }
      dims[i] = (int) dim;
      most[i] = dim;
    }
    for (int i = 0; i < rank && (flags & 1) != 0; i++) {
      long limit = cursor.unsigned(cursor.image().lengthWidth());
      most[i] = limit < 0 || limit > Integer.MAX_VALUE ? UNLIMITED : limit;
      if (most[i] != UNLIMITED && most[i] < dims[i]) {
        throw cursor.damaged("axis " + i + " has " + dims[i] + " elements, but no more than " + most[i]);
      }
    }
    return new Dataspace(dims, most, version == 2 && type == NULL);
  }

  Shape shape() {
    return Shape.of(dims);
  }

  /** Bytes of all elements, at most those that the budget and an array of Java hold. */
  int bytes(int width, Cursor cursor, String what) {
    long size = width;
    boolean empty = isNull;
    for (int dim : dims) {
      empty |= dim == 0;
      size = dim != 0 && size > Long.MAX_VALUE / dim ? Long.MAX_VALUE : size * Math.max(1, dim);
    }
    Budget.check("model-bytes", Math.min(cursor.image().budget().bytes(), Integer.MAX_VALUE - 8), size, what);
    return empty ? 0 : (int) size;
  }
}
