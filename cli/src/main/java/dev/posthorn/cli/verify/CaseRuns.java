package dev.posthorn.cli.verify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Runs many cases at once and reports them in order. */
public final class CaseRuns {
  private CaseRuns() {}

  /**
   * Runs the cases below a folder on that many threads.
   *
   * @param receiver gets each result, in the order of the cases' names
   * @param progress gets how far it is
   */
  public static List<CaseResult> run(
      Path root,
      CaseFilter filter,
      CaseRunner runner,
      int threads,
      Consumer<CaseResult> receiver,
      Consumer<String> progress) {
    List<CaseResult> results = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Optional<CaseResult>>> futures = new ArrayList<>();
      for (CaseFolder folder : CaseFolder.below(root, filter)) {
        futures.add(pool.submit(() -> runner.run(folder)));
      }
      int done = 0;
      for (Future<Optional<CaseResult>> future : futures) {
        progress.accept(done++ + " of " + futures.size() + " cases");
        Optional<CaseResult> result = future.get();
        result.ifPresent(results::add);
        result.ifPresent(receiver);
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }
}
