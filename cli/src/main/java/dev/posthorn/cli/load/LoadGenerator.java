package dev.posthorn.cli.load;

import dev.posthorn.client.PosthornClient;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Makes a load and measures it. */
public final class LoadGenerator {
  /** Streams are spread over as many connections. */
  private static final int CONNECTIONS = 4;

  private static final double NANOS_PER_SECOND = 1e9;
  private static final long LEAD_NANOS = 50_000_000;
  private static final long PROGRESS_MILLIS = 250;

  private LoadGenerator() {}

  /**
   * Runs the plan to its end.
   *
   * @param clients opens a connection
   * @param progress gets how far it is
   */
  public static LoadResult run(LoadPlan plan, Supplier<PosthornClient> clients, Consumer<String> progress)
      throws InterruptedException {
    LoadClock clock = LoadClock.of(System.nanoTime() + LEAD_NANOS, plan);
    LoadCounts counts = new LoadCounts();
    FirstAnswers answers = new FirstAnswers();
    List<PosthornClient> connections = new ArrayList<>();
    try {
      List<LoadStream> streams = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < plan.streams(); i++) {
        if (i < CONNECTIONS) {
          connections.add(clients.get());
        }
        LoadStream stream = new LoadStream(plan, i, clock, counts, answers, connections.get(i % CONNECTIONS));
        streams.add(stream);
        threads.add(Thread.ofPlatform().name("load-" + i).daemon().start(stream));
      }
      OptionalLong server = ServerProcess.listening(plan.target());
      waitUntil(clock.measured(), clock, progress);
      OptionalDouble before = ServerProcess.cpuSeconds(server);
      waitUntil(clock.end(), clock, progress);
      OptionalDouble after = ServerProcess.cpuSeconds(server);
      for (Thread thread : threads) {
        thread.join();
      }
      long deadline = System.nanoTime() + (long) (plan.drain() * NANOS_PER_SECOND);
      for (LoadStream stream : streams) {
        stream.drain(deadline);
      }
      OptionalDouble cpu =
          before.isPresent() && after.isPresent()
              ? OptionalDouble.of(after.getAsDouble() - before.getAsDouble())
              : OptionalDouble.empty();
      return counts.result(plan, (clock.end() - clock.measured()) / NANOS_PER_SECOND, cpu);
    } finally {
      connections.forEach(PosthornClient::close);
    }
  }

  private static void waitUntil(long when, LoadClock clock, Consumer<String> progress) throws InterruptedException {
    long left = when - System.nanoTime();
    while (left > 0) {
      Thread.sleep(Math.min(PROGRESS_MILLIS, left / 1_000_000 + 1));
      long now = System.nanoTime();
      long toGo = Math.max(0, Math.round((clock.end() - now) / NANOS_PER_SECOND));
      progress.accept((clock.counts(now) ? "measuring" : "warming up") + ", " + toGo + " s to go");
      left = when - now;
    }
  }
}
