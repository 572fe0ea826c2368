package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.filter.PipelineFilterWithData;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads a chunked dataset into one array. Every chunk of the grid must be stored, and none may unpack to more than its
 * declared size, so that a small file cannot ask for much memory.
 */
final class Hdf5Chunks {
  private final ChunkedDataset dataset;
  private final String place;
  private final int[] dims;
  private final int[] chunk;
  private final int width;
  private final byte[] to;

  private Hdf5Chunks(ChunkedDataset dataset, String place) {
    this.dataset = dataset;
    this.place = place;
    this.dims = dataset.getDimensions();
    this.chunk = dataset.getChunkDimensions();
    this.width = dataset.getDataType().getSize();
    this.to = new byte[Math.toIntExact(dataset.getSizeInBytes())];
  }

  /** The elements in row-major order, in the byte order of the file. */
  static ByteBuffer read(ChunkedDataset dataset, String place, Budget budget) {
    Budget.check(
        "inflated-ratio",
        budget.inflatedRatio(),
        dataset.getSizeInBytes() / Math.max(1, dataset.getStorageInBytes()),
        place + ": bytes once inflated for each stored byte");
    Hdf5Chunks chunks = new Hdf5Chunks(dataset, place);
    chunks.read();
    return ByteBuffer.wrap(chunks.to);
  }

  private void read() {
    long size = width;
    for (int i = 0; i < dims.length; i++) {
      if (chunk.length != dims.length || chunk[i] <= 0) {
        throw damaged("the chunks have no size");
      }
      size = Math.multiplyExact(size, chunk[i]);
    }
    // A chunk may reach over the edge, but one much larger than the array is no more than a demand for memory.
    int chunkBytes = Math.toIntExact(size);
    if (chunkBytes > 2L * to.length + (1 << 20)) {
      throw damaged("a chunk of " + chunkBytes + " bytes holds an array of " + to.length);
    }
    List<PipelineFilterWithData> filters = dataset.getFilters();
    int[] corner = new int[dims.length];
    do {
      byte[] content = FileBytes.copy(dataset.getRawChunkBuffer(corner.clone()));
      for (int i = filters.size() - 1; i >= 0; i--) {
        content = Hdf5Filters.undo(filters.get(i), content, chunkBytes, place);
      }
      if (content.length != chunkBytes) {
        throw damaged("a chunk holds " + content.length + " bytes; expected " + chunkBytes);
      }
      place(content, corner);
    } while (advance(corner));
  }

  /** Moves to the next chunk; false behind the last. */
  private boolean advance(int[] corner) {
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      corner[axis] = Math.addExact(corner[axis], chunk[axis]);
      if (corner[axis] < dims[axis]) {
        return true;
      }
      corner[axis] = 0;
    }
    return false;
  }

  /** Copies the part of a chunk that lies inside the array, one run along the last axis at a time. */
  private void place(byte[] content, int[] corner) {
    int last = dims.length - 1;
    int run = Math.min(chunk[last], dims[last] - corner[last]) * width;
    int[] index = new int[dims.length];
    while (true) {
      int from = 0;
      int at = 0;
      for (int axis = 0; axis <= last; axis++) {
        from = from * chunk[axis] + index[axis];
        at = at * dims[axis] + corner[axis] + index[axis];
      }
      System.arraycopy(content, from * width, to, at * width, run);
      int axis = last - 1;
      while (axis >= 0 && ++index[axis] == Math.min(chunk[axis], dims[axis] - corner[axis])) {
        index[axis--] = 0;
      }
      if (axis < 0) {
        return;
      }
    }
  }

  private InferenceException damaged(String problem) {
    return new InferenceException(Reason.INVALID_MODEL, place + ": " + problem);
  }
}
