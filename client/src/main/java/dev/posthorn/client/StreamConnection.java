package dev.posthorn.client;

import static java.util.Objects.requireNonNull;

import dev.posthorn.v1.InferenceServiceGrpc.InferenceServiceStub;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * The one gRPC call that carries a {@link PredictionStream} at the moment; a stream that outlives its server has several,
 * one after another.
 *
 * <p>Calls out are made under the stream's lock; calls in come one at a time from gRPC.
 */
final class StreamConnection implements ClientResponseObserver<PredictStreamRequest, PredictStreamResponse> {

  /** Who sends through it. */
  interface Owner {
    void answered(StreamConnection connection, PredictStreamResponse response);

    void ended(StreamConnection connection, @Nullable PosthornException error);
  }

  private final Owner owner;
  private final long firstIndex;
  private final long openedAt;
  private @Nullable ClientCallStreamObserver<PredictStreamRequest> call;
  private volatile boolean reached;
  private String model = "";
  private long version;

  /** @param firstIndex the stream's index of what this connection calls message 0 */
  StreamConnection(Owner owner, long firstIndex, long openedAt) {
    this.owner = owner;
    this.firstIndex = firstIndex;
    this.openedAt = openedAt;
  }

  void open(InferenceServiceStub stub) {
    stub.predictStream(this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<PredictStreamRequest> stream) {
    call = stream;
    stream.disableAutoRequestWithInitial(1);
    stream.setOnReadyHandler(() -> reached = true);
  }

  void send(PredictStreamRequest message) {
    call().onNext(message);
  }

  void requestAnswer() {
    call().request(1);
  }

  void finish() {
    call().onCompleted();
  }

  void cancel(String why, @Nullable Throwable cause) {
    call().cancel(why, cause);
  }

  /** Whether a server has been there at the other end. */
  boolean reached() {
    return reached;
  }

  long openedAt() {
    return openedAt;
  }

  /** The stream's index of the message that the response answers. */
  long indexOf(PredictStreamResponse response) {
    return firstIndex + response.getIndex();
  }

  /** The response as a prediction; model and version are told only when they change. */
  Prediction read(PredictStreamResponse response) {
    if (!response.getModel().isEmpty()) {
      model = response.getModel();
      version = response.getVersion();
    }
    return new Prediction(model, version, response.getOutputsList(), response.getRequestId(), response.getTiming());
  }

  @Override
  public void onNext(PredictStreamResponse response) {
    reached = true;
    owner.answered(this, response);
  }

  @Override
  public void onError(Throwable thrown) {
    owner.ended(this, PosthornException.of(thrown));
  }

  @Override
  public void onCompleted() {
    owner.ended(this, null);
  }

  private ClientCallStreamObserver<PredictStreamRequest> call() {
    return requireNonNull(call, "not open");
  }
}
