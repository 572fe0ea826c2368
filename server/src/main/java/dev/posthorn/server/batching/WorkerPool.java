package dev.posthorn.server.batching;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A fixed number of platform threads for computations. A worker that has just finished one looks for the next for a
 * moment before it parks: a wake-up costs more than a small batch. Thread-safe.
 */
public final class WorkerPool implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(WorkerPool.class.getName());

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final List<Thread> workers = new ArrayList<>();
  private final long spinNanos;
  private volatile boolean closed;

  public WorkerPool(int threads, Duration spin) {
    this.spinNanos = spin.toNanos();
    for (int i = 0; i < threads; i++) {
      workers.add(Thread.ofPlatform().daemon().name("posthorn-worker-" + i).start(this::work));
    }
  }

  public int size() {
    return workers.size();
  }

  /** Runs the task soon; tasks of one caller start in order. */
  public void execute(Runnable task) {
    tasks.add(task);
  }

  private void work() {
    while (!closed) {
      try {
        next().run();
      } catch (InterruptedException e) {
        return;
      } catch (Throwable t) {
        LOGGER.log(System.Logger.Level.ERROR, "a computation escaped its own error handling", t);
      }
    }
  }

  private Runnable next() throws InterruptedException {
    long start = System.nanoTime();
    do {
      Runnable task = tasks.poll();
      if (task != null) {
        return task;
      }
      Thread.onSpinWait();
    } while (System.nanoTime() - start < spinNanos && !closed);
    return tasks.take();
  }

  /** Ends the workers after what they compute now; what still waits is forgotten. */
  @Override
  public void close() {
    closed = true;
    workers.forEach(Thread::interrupt);
  }
}
