package dev.posthorn.client;

import static dev.posthorn.client.PosthornClient.asking;

import dev.posthorn.v1.WatchModelsRequest;
import dev.posthorn.v1.WatchModelsResponse;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import java.util.Iterator;

/**
 * The models of a server and their changes, as they happen: one event for each model, {@code snapshot_done}, then one for each change.
 *
 * <p>{@link #hasNext} waits for the next event; it is false once the server has ended the watch, or {@link #close} was called. A
 * reader that falls behind gets the newest state of each model only. For one thread, except {@code close}.
 */
public final class ModelWatch implements Iterator<WatchModelsResponse>, AutoCloseable {

  private final CancellableContext context;
  private final Iterator<WatchModelsResponse> events;
  private volatile boolean closed;

  private ModelWatch(CancellableContext context, Iterator<WatchModelsResponse> events) {
    this.context = context;
    this.events = events;
  }

  static ModelWatch open(Transport transport, String model) {
    CancellableContext context = Context.current().withCancellation();
    WatchModelsRequest request = WatchModelsRequest.newBuilder().setModel(model).build();
    Context previous = context.attach();
    try {
      return new ModelWatch(context, asking(() -> transport.lastingModels().watchModels(request)));
    } finally {
      context.detach(previous);
    }
  }

  /** Waits for the next event; throws {@link PosthornException} if the server cannot be reached or goes away. */
  @Override
  public boolean hasNext() {
    try {
      return !closed && asking(events::hasNext);
    } catch (PosthornException e) {
      if (closed) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public WatchModelsResponse next() {
    return asking(events::next);
  }

  /** Ends the watch. */
  @Override
  public void close() {
    closed = true;
    context.cancel(null);
  }
}
