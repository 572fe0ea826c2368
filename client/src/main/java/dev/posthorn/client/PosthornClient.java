package dev.posthorn.client;

import dev.posthorn.v1.PredictRequest;
import dev.posthorn.v1.Tensor;
import dev.posthorn.v1.TraceRequest;
import dev.posthorn.v1.TraceResponse;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A connection to one Posthorn server.
 *
 * <pre>{@code
 * try (PosthornClient client = PosthornClient.connect("localhost:8500")) {
 *   float[][] probabilities = client.predict("iris", new float[][] {{5.1f, 3.5f, 1.4f, 0.2f}});
 * }
 * }</pre>
 *
 * <p>Connecting is lazy and never fails by itself: the first call does, with a {@link PosthornException} of reason
 * {@code UNAVAILABLE}. Thread-safe; one client serves a whole program. Closing it ends its streams and calls.
 */
public final class PosthornClient implements AutoCloseable {

  private static final int ATTEMPTS = 3;
  private static final long FIRST_PAUSE_MILLIS = 100;

  private final Transport transport;
  private final Duration timeout;
  private final Models models;
  private volatile boolean reached;

  PosthornClient(
      ManagedChannel channel, int maxMessageBytes, Duration timeout, Duration loadTimeout, LongSupplier clock) {
    this.transport = new Transport(channel, maxMessageBytes, clock);
    this.timeout = timeout;
    this.models = new Models(transport, timeout, loadTimeout);
  }

  /** A client of the server at {@code HOST:PORT}, with the default limits, in plain text. */
  public static PosthornClient connect(String address) {
    return builder(address).build();
  }

  /** A client of the server at {@code HOST:PORT}, to be configured. */
  public static ClientBuilder builder(String address) {
    return new ClientBuilder(address);
  }

  /**
   * What the model makes of rows of features: shape {@code [rows, features]} in, {@code [rows, values]} out. For models with one
   * float32 input and one output of rank 1 or 2.
   */
  public float[][] predict(String model, float[][] rows) {
    return predict(PredictionRequest.of(model, Tensors.of(rows))).rows();
  }

  /** What the model makes of a batch. */
  public Prediction predict(String model, Tensor... inputs) {
    return predict(PredictionRequest.of(model, inputs));
  }

  /**
   * What the model makes of a batch. A stateful model starts from zero state.
   *
   * <p>Waits at most {@link PredictionRequest#timeout}, or else the client's own. If the server goes away meanwhile, it is asked
   * again, which is safe: a single call leaves nothing behind.
   *
   * @throws PosthornException if there is no answer
   */
  public Prediction predict(PredictionRequest request) {
    PredictRequest message = request.toPredict();
    transport.checkSize(message.getSerializedSize());
    long end = transport.nanos() + limit(request).toNanos();
    for (int attempt = 1; ; attempt++) {
      try {
        Duration left = Duration.ofNanos(end - transport.nanos());
        Prediction prediction = Prediction.of(transport.blockingInference(left).predict(message));
        reached = true;
        return prediction;
      } catch (RuntimeException e) {
        PosthornException problem = PosthornException.of(e);
        long pause = FIRST_PAUSE_MILLIS << (attempt - 1);
        boolean timeLeft = end - transport.nanos() > Duration.ofMillis(pause).toNanos();
        if (attempt == ATTEMPTS || !reached || !problem.serverGone() || !timeLeft || !slept(pause)) {
          throw problem;
        }
        transport.tryNow();
      }
    }
  }

  /** A stream to a model; its answers are taken with {@link PredictionStream#receive}, by a loop, or by {@code pipe}. */
  public PredictionStream stream(String model) {
    return stream(StreamOptions.of(model));
  }

  /** A stream; its answers are taken with {@link PredictionStream#receive}, by a loop, or by {@code pipe}. */
  public PredictionStream stream(StreamOptions options) {
    return PredictionStream.open(transport, options, null);
  }

  /**
   * A stream whose answers go to a callback, one at a time and in order, on a thread of the client's. A message counts as under way until
   * its callback has returned. An exception thrown by the callback ends the stream.
   */
  public PredictionStream stream(StreamOptions options, Consumer<Answer> callback) {
    return PredictionStream.open(transport, options, callback);
  }

  /** What every layer makes of a batch, in order of execution; with names, only those layers. */
  public List<TraceResponse> trace(PredictionRequest request, String... layers) {
    List<TraceResponse> all = new ArrayList<>();
    trace(request, all::add, layers);
    return all;
  }

  /** As {@link #trace(PredictionRequest, String...)}, one layer after another: for models whose layers fill the memory. */
  public void trace(PredictionRequest request, Consumer<TraceResponse> consumer, String... layers) {
    TraceRequest message = request.toTrace(List.of(layers));
    transport.checkSize(message.getSerializedSize());
    CancellableContext context = Context.current().withCancellation();
    try {
      context.run(
          () -> {
            Iterator<TraceResponse> responses = asking(() -> transport.blockingInference(limit(request)).trace(message));
            while (asking(responses::hasNext)) {
              consumer.accept(asking(responses::next));
            }
          });
    } finally {
      context.cancel(null);
    }
  }

  /** The models of the server: list, watch, load, unload. */
  public Models models() {
    return models;
  }

  /** Ends every stream and call of this client. */
  @Override
  public void close() {
    transport.close();
  }

  private Duration limit(PredictionRequest request) {
    return request.timeout().isZero() ? timeout : request.timeout();
  }

  private static boolean slept(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Runs a call of gRPC's, whose exceptions become ours. */
  static <T> T asking(Call<T> call) {
    try {
      return call.run();
    } catch (StatusRuntimeException e) {
      throw PosthornException.of(e);
    }
  }

  /** A call of gRPC's. */
  interface Call<T> {
    T run();
  }
}
