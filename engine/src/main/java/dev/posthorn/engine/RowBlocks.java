package dev.posthorn.engine;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A large batch in blocks of rows, each taken through the whole plan by whoever is free: the caller and the helpers. No
 * block waits for another. Used again and again by one caller, so that a run allocates nothing.
 *
 * <p>The ticket holds the number of the run and the next block of it. A helper that comes late finds the ticket of
 * another run, or a closed one, and its exchange fails: what it read of the fields before does not matter.
 */
final class RowBlocks implements Runnable {
  private static final long INDEX = 0xFFFF_FFFFL;
  private static final int CLOSED = Integer.MAX_VALUE;
  private static final int NONE_LEFT = -1;

  private final Lanes lanes;
  private final AtomicLong ticket = new AtomicLong(CLOSED);
  private final AtomicInteger done = new AtomicInteger();
  private volatile @Nullable Throwable failure;
  private List<ArrayTensor> inputs = List.of();
  private List<ArrayTensor> outputs = List.of();
  private Cancellation cancellation = Cancellation.NONE;
  private int rows;
  private int block;
  private int blocks;

  RowBlocks(Lanes lanes) {
    this.lanes = lanes;
  }

  /** Runs all blocks; returns when the last one is done, also those of helpers. */
  void run(
      Lane lane,
      Helpers helpers,
      List<ArrayTensor> batch,
      List<ArrayTensor> results,
      int batchRows,
      int blockRows,
      Cancellation wanted) {
    long run = (ticket.get() >>> Integer.SIZE) + 1 << Integer.SIZE;
    inputs = batch;
    outputs = results;
    rows = batchRows;
    block = blockRows;
    blocks = (batchRows + blockRows - 1) / blockRows;
    cancellation = wanted;
    failure = null;
    done.set(0);
    ticket.set(run);
    helpers.offer(this, blocks - 1);
    work(lane);
    while (done.get() < blocks) {
      Thread.onSpinWait();
    }
    ticket.set(run | CLOSED);
    inputs = List.of();
    outputs = List.of();
    cancellation = Cancellation.NONE;
    rethrow(failure);
  }

  private static void rethrow(@Nullable Throwable failed) {
    switch (failed) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failed);
    }
  }

  @Override
  public void run() {
    Lane lane = lanes.take();
    try {
      work(lane);
    } finally {
      lanes.giveBack(lane);
    }
  }

  private void work(Lane lane) {
    for (int i = take(); i != NONE_LEFT; i = take()) {
      try {
        if (failure == null) {
          int from = i * block;
          lane.runBlock(inputs, outputs, from, Math.min(block, rows - from), cancellation);
        }
      } catch (RuntimeException | Error e) {
        failure = e;
      } finally {
        done.incrementAndGet();
      }
    }
  }

  private int take() {
    while (true) {
      long current = ticket.get();
      long index = current & INDEX;
      if (index >= blocks) {
        return NONE_LEFT;
      }
      if (ticket.compareAndSet(current, current + 1)) {
        return (int) index;
      }
    }
  }
}
