package dev.posthorn.engine;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that lend a hand with large batches. A helper spins for a moment before it parks: a woken thread comes too late
 * for work of less than a millisecond.
 */
final class Helpers implements AutoCloseable {
  private static final long SPIN_NANOS = 50_000;

  private final Helper[] helpers;
  private volatile boolean closed;

  Helpers(int count) {
    helpers = new Helper[count];
    for (int i = 0; i < count; i++) {
      helpers[i] = new Helper("posthorn-helper-" + i);
      helpers[i].start();
    }
  }

  int count() {
    return helpers.length;
  }

  /** Asks up to {@code wanted} idle helpers to run the job as well; the caller runs it itself. Never waits. */
  void offer(Runnable job, int wanted) {
    int left = wanted;
    for (int i = 0; i < helpers.length && left > 0; i++) {
      if (helpers[i].job.compareAndSet(null, job)) {
        if (helpers[i].parked) {
          LockSupport.unpark(helpers[i]);
        }
        left--;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Helper helper : helpers) {
      LockSupport.unpark(helper);
    }
  }

  private final class Helper extends Thread {
    final AtomicReference<@Nullable Runnable> job = new AtomicReference<>();
    volatile boolean parked;

    Helper(String name) {
      super(name);
      setDaemon(true);
    }

    @Override
    public void run() {
      long idleSince = System.nanoTime();
      while (!closed) {
        Runnable work = job.get();
        if (work != null) {
          try {
            work.run();
          } finally {
            job.set(null);
          }
          idleSince = System.nanoTime();
        } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
          Thread.onSpinWait();
        } else {
          parked = true;
          if (job.get() == null && !closed) {
            LockSupport.park(this);
          }
          parked = false;
        }
      }
    }
  }
}
