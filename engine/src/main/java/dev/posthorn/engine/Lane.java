package dev.posthorn.engine;

import dev.posthorn.spi.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A session with buffers for row blocks, which are copied in and out of whole arrays. One thread at a time. */
final class Lane {
  private record Block(int rows, List<ArrayTensor> inputs, List<ArrayTensor> outputs) {
    boolean fits(int wantedRows, List<ArrayTensor> whole) {
      if (rows != wantedRows) {
        return false;
      }
      for (int i = 0; i < inputs.size(); i++) {
        for (int axis = 1; axis < inputs.get(i).shape().rank(); axis++) {
          if (inputs.get(i).shape().dim(axis) != whole.get(i).shape().dim(axis)) {
            return false;
          }
        }
      }
      return true;
    }
  }

  private static final int KEPT = 4;

  final Session session;
  final RowBlocks rowBlocks;
  private final List<Block> blocks = new ArrayList<>();

  Lane(Session session, Lanes lanes) {
    this.session = session;
    this.rowBlocks = new RowBlocks(lanes);
  }

  /** Runs the rows {@code from} (inclusive) to {@code from + rows} (exclusive) of whole tensors. */
  void runBlock(
      List<ArrayTensor> inputs, List<ArrayTensor> outputs, int from, int rows, Cancellation cancellation) {
    Block block = block(rows, inputs);
    for (int i = 0; i < inputs.size(); i++) {
      copy(inputs.get(i), from * rowSize(inputs.get(i)), block.inputs.get(i), 0, block.inputs.get(i).size());
    }
    session.run(block.inputs, block.outputs, cancellation, Map.of(), null);
    for (int i = 0; i < outputs.size(); i++) {
      copy(block.outputs.get(i), 0, outputs.get(i), from * rowSize(outputs.get(i)), block.outputs.get(i).size());
    }
  }

  private static int rowSize(ArrayTensor tensor) {
    return tensor.shape().product(1, tensor.shape().rank());
  }

  private static void copy(ArrayTensor from, int fromIndex, ArrayTensor into, int intoIndex, int length) {
    System.arraycopy(from.array(), fromIndex, into.array(), intoIndex, length);
  }

  private Block block(int rows, List<ArrayTensor> whole) {
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).fits(rows, whole)) {
        return blocks.get(i);
      }
    }
    List<ArrayTensor> inputs = new ArrayList<>();
    for (ArrayTensor tensor : whole) {
      inputs.add(ArrayTensor.allocate(tensor.spec().withShape(tensor.shape().with(0, rows))));
    }
    List<ArrayTensor> outputs = new ArrayList<>();
    for (TensorSpec spec : session.outputs(inputs)) {
      outputs.add(ArrayTensor.allocate(spec));
    }
    if (blocks.size() == KEPT) {
      blocks.remove(0);
    }
    Block block = new Block(rows, inputs, outputs);
    blocks.add(block);
    return block;
  }
}
