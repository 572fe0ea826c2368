package dev.posthorn.server.batching;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Model;
import dev.posthorn.engine.Sequence;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.TensorSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Computes the requests of one model version: cheap ones at once on the caller's thread, dear ones on the workers,
 * where those that wait are joined if the model's rows are independent. If a joint run fails, each member is run alone,
 * and only the culprit fails. Thread-safe.
 */
public final class Batcher {
  private final Model model;
  private final BatchPolicy policy;
  private final WorkerPool workers;
  private final ArrayPool arrays;
  private final InlineGate gate;
  private final JointRun joint;
  private final Executor later;

  private final Deque<Waiting> queue = new ArrayDeque<>();
  private long queuedRows;
  private long queuedBytes;

  private record Waiting(Job job, long since) {}

  public Batcher(Model model, BatchPolicy policy, WorkerPool workers, ArrayPool arrays) {
    this.model = model;
    this.policy = policy;
    this.workers = workers;
    this.arrays = arrays;
    this.gate = new InlineGate(model, policy);
    this.joint = new JointRun(model, arrays);
    this.later =
        policy.maxDelay().isZero()
            ? workers::execute
            : CompletableFuture.delayedExecutor(
                policy.maxDelay().toNanos(), TimeUnit.NANOSECONDS, workers::execute);
  }

  /** Whether a request of that many rows would be computed on the thread that brings it. */
  public boolean runsInline(int rows) {
    return gate.admits(rows);
  }

  /** Rows that wait. */
  public long queuedRows() {
    synchronized (queue) {
      return queuedRows;
    }
  }

  /**
   * Computes the job, now or soon.
   *
   * @throws InferenceException QUEUE_FULL; the job is not told then
   */
  public void submit(Job job) {
    int rows = job.rows();
    long now = System.nanoTime();
    if (gate.admits(rows)) {
      gate.ranInline(rows, runAlone(job, now));
      return;
    }
    boolean full;
    synchronized (queue) {
      enqueue(job, Math.max(1, rows), now);
      full = queuedRows >= policy.maxRows();
    }
    if (full) {
      workers.execute(this::runNext);
    } else {
      later.execute(this::runNext);
    }
  }

  private void enqueue(Job job, int rows, long now) {
    long bytes = job.bytes();
    if (!queue.isEmpty()) {
      checkRoom("queue-rows", policy.queueRows(), queuedRows + rows);
      checkRoom("queue-bytes", policy.queueBytes(), queuedBytes + bytes);
    }
    queue.addLast(new Waiting(job, now));
    queuedRows += rows;
    queuedBytes += bytes;
  }

  private static void checkRoom(String limit, long most, long wanted) {
    if (wanted > most) {
      throw new InferenceException(
          Reason.QUEUE_FULL,
          Map.of("limit", limit, "expected", "at most " + most, "actual", Long.toString(wanted)),
          "the queue of the model is full: " + wanted + " is over the limit " + limit + " of " + most
              + " (try again, or raise it with --limit " + limit + "=VALUE)");
    }
  }

  /** Takes the oldest waiting job and what may be joined with it. Somebody else may have taken them all. */
  private void runNext() {
    List<Waiting> batch = takeBatch();
    if (!policy.timeout().isZero()) {
      batch.removeIf(this::expired);
    }
    if (batch.size() == 1) {
      Job job = batch.get(0).job();
      gate.ran(job.rows(), runAlone(job, batch.get(0).since()));
    } else if (!batch.isEmpty()) {
      runJointly(batch);
    }
  }

  private boolean expired(Waiting waiting) {
    boolean expired = System.nanoTime() - waiting.since() > policy.timeout().toNanos();
    if (expired) {
      waiting
          .job()
          .completion()
          .failed(
              new InferenceException(
                  Reason.DEADLINE_EXCEEDED,
                  "the request waited longer than the model's queue timeout of " + policy.timeout().toMillis()
                      + " ms"));
    }
    return expired;
  }

  private List<Waiting> takeBatch() {
    List<Waiting> batch = new ArrayList<>();
    synchronized (queue) {
      Waiting first = queue.pollFirst();
      if (first == null) {
        return batch;
      }
      batch.add(first);
      int rows = first.job().rows();
      if (model.rowsIndependent() && !model.stateful()) {
        for (var waiting = queue.iterator(); waiting.hasNext() && rows < policy.maxRows(); ) {
          Waiting next = waiting.next();
          if (rows + next.job().rows() <= policy.maxRows() && first.job().joins(next.job())) {
            waiting.remove();
            batch.add(next);
            rows += next.job().rows();
          }
        }
      }
      for (Waiting taken : batch) {
        queuedRows -= Math.max(1, taken.job().rows());
        queuedBytes -= taken.job().bytes();
      }
    }
    return batch;
  }

  private void runJointly(List<Waiting> batch) {
    long start = System.nanoTime();
    List<Job> jobs = batch.stream().map(Waiting::job).toList();
    List<List<ArrayTensor>> outputs;
    try {
      outputs = joint.compute(jobs);
    } catch (Throwable t) {
      for (Waiting waiting : batch) {
        runAlone(waiting.job(), waiting.since());
      }
      return;
    }
    long nanos = System.nanoTime() - start;
    int rows = jobs.stream().mapToInt(Job::rows).sum();
    gate.ran(rows, nanos);
    for (int i = 0; i < batch.size(); i++) {
      jobs.get(i).completion().done(outputs.get(i), new Run(start - batch.get(i).since(), nanos, rows));
    }
  }

  /** Computes one job and tells it the end; the nanoseconds that the computation took, -1 if it failed. */
  private long runAlone(Job job, long since) {
    long start = System.nanoTime();
    List<ArrayTensor> outputs;
    try {
      job.cancellation().check();
      outputs = allocate(job.inputs());
      Sequence sequence = job.sequence();
      if (sequence == null) {
        model.predict(job.inputs(), outputs, job.cancellation());
      } else {
        model.predict(job.inputs(), outputs, job.cancellation(), sequence);
      }
    } catch (Throwable t) {
      job.completion().failed(t);
      return -1;
    }
    long nanos = System.nanoTime() - start;
    job.completion().done(outputs, new Run(start - since, nanos, job.rows()));
    return nanos;
  }

  private List<ArrayTensor> allocate(List<ArrayTensor> inputs) {
    List<TensorSpec> specs = model.outputSpecs(inputs);
    List<ArrayTensor> outputs = new ArrayList<>(specs.size());
    for (TensorSpec spec : specs) {
      outputs.add(arrays.tensor(spec));
    }
    return outputs;
  }
}
