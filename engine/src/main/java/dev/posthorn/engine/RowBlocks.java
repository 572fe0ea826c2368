package dev.posthorn.engine;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A large batch in blocks of rows, each taken through the whole plan by whoever is free: the caller and the helpers. No
 * block waits for another.
 */
final class RowBlocks implements Runnable {
  private final Lanes lanes;
  private final List<ArrayTensor> inputs;
  private final List<ArrayTensor> outputs;
  private final int rows;
  private final int block;
  private final int blocks;
  private final Cancellation cancellation;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private volatile @Nullable RuntimeException failure;

  RowBlocks(
      Lanes lanes,
      List<ArrayTensor> inputs,
      List<ArrayTensor> outputs,
      int rows,
      int block,
      Cancellation cancellation) {
    this.lanes = lanes;
    this.inputs = inputs;
    this.outputs = outputs;
    this.rows = rows;
    this.block = block;
    this.blocks = (rows + block - 1) / block;
    this.cancellation = cancellation;
  }

  /** Runs all blocks; returns when the last one is done, also those of helpers. */
  void run(Lane lane, Helpers helpers) {
    helpers.offer(this, blocks - 1);
    work(lane);
    while (done.get() < blocks) {
      Thread.onSpinWait();
    }
    RuntimeException failed = failure;
    if (failed != null) {
      throw failed;
    }
  }

  @Override
  public void run() {
    if (next.get() >= blocks) {
      return;
    }
    Lane lane = lanes.take();
    try {
      work(lane);
    } finally {
      lanes.giveBack(lane);
    }
  }

  private void work(Lane lane) {
    for (int i = next.getAndIncrement(); i < blocks; i = next.getAndIncrement()) {
      try {
        if (failure == null) {
          int from = i * block;
          lane.runBlock(inputs, outputs, from, Math.min(block, rows - from), cancellation);
        }
      } catch (RuntimeException e) {
        failure = e;
      } finally {
        done.incrementAndGet();
      }
    }
  }
}
