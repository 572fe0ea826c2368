package dev.posthorn.client;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.posthorn.v1.Failure;
import dev.posthorn.v1.GetModelRequest;
import dev.posthorn.v1.GetModelResponse;
import dev.posthorn.v1.InferenceServiceGrpc.InferenceServiceImplBase;
import dev.posthorn.v1.Model;
import dev.posthorn.v1.ModelServiceGrpc.ModelServiceImplBase;
import dev.posthorn.v1.ModelVersion;
import dev.posthorn.v1.PredictRequest;
import dev.posthorn.v1.PredictResponse;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import dev.posthorn.v1.Tensor;
import dev.posthorn.v1.TraceRequest;
import dev.posthorn.v1.TraceResponse;
import dev.posthorn.v1.WatchModelsRequest;
import dev.posthorn.v1.WatchModelsResponse;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server whose one model doubles its inputs; NaN in the first place is refused. Tests hold its answers back, count what it
 * has received, and take it down.
 */
final class DoublingServer implements AutoCloseable {

  final AtomicInteger received = new AtomicInteger();
  final AtomicInteger answered = new AtomicInteger();
  final AtomicInteger mostUnanswered = new AtomicInteger();
  final AtomicLong receivedBytes = new AtomicLong();
  final AtomicInteger streams = new AtomicInteger();
  final List<PredictStreamRequest> messages = new CopyOnWriteArrayList<>();
  final LinkedBlockingQueue<String> cancelled = new LinkedBlockingQueue<>();

  /** A permit for each stream message that may be answered. */
  final Semaphore permits = new Semaphore(Integer.MAX_VALUE / 2);

  volatile boolean stateful;
  volatile int goneAfter = Integer.MAX_VALUE;

  private final String name;
  private Server server;

  DoublingServer(String name) throws IOException {
    this.name = name;
    server = start();
  }

  PosthornClient client() {
    return PosthornClient.builder("unused:1").build(InProcessChannelBuilder.forName(name));
  }

  PosthornClient client(ClientBuilder builder) {
    return builder.build(InProcessChannelBuilder.forName(name));
  }

  private Server start() throws IOException {
    return InProcessServerBuilder.forName(name)
        .addService(new Inference())
        .addService((BindableService) new Management())
        .build()
        .start();
  }

  void holdAnswers() {
    permits.drainPermits();
  }

  void stop() throws InterruptedException {
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  void startAgain() throws IOException {
    server = start();
  }

  @Override
  public void close() throws InterruptedException {
    permits.release(1_000_000);
    stop();
  }

  static StatusRuntimeException refusal(int code, String reason, String message) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code)
            .setMessage(message)
            .addDetails(Any.pack(
                ErrorInfo.newBuilder().setDomain("posthorn.dev").setReason(reason).putMetadata("model", "doubling").build()))
            .addDetails(Any.pack(
                RetryInfo.newBuilder().setRetryDelay(com.google.protobuf.Duration.newBuilder().setSeconds(2)).build()))
            .build());
  }

  private static Tensor doubled(Tensor tensor) {
    float[] values = TensorReader.floats(tensor);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 2;
    }
    return Tensors.of("doubled", values, TensorReader.shape(tensor));
  }

  private final class Inference extends InferenceServiceImplBase {

    @Override
    public void predict(PredictRequest request, StreamObserver<PredictResponse> responses) {
      if (request.getModel().equals("slow")) {
        return;
      }
      if (!request.getModel().equals("doubling")) {
        responses.onError(refusal(5, "MODEL_NOT_FOUND", "no model '" + request.getModel() + "'"));
        return;
      }
      responses.onNext(
          PredictResponse.newBuilder()
              .setModel("doubling")
              .setVersion(7)
              .setRequestId(request.getRequestId())
              .addOutputs(doubled(request.getInputs(0)))
              .build());
      responses.onCompleted();
    }

    @Override
    public void trace(TraceRequest request, StreamObserver<TraceResponse> responses) {
      for (String layer : List.of("first", "second", "third")) {
        responses.onNext(TraceResponse.newBuilder().setLayer(layer).addOutputs(request.getInputs(0)).build());
      }
      responses.onCompleted();
    }

    @Override
    public StreamObserver<PredictStreamRequest> predictStream(StreamObserver<PredictStreamResponse> responses) {
      streams.incrementAndGet();
      ServerCallStreamObserver<PredictStreamResponse> call = (ServerCallStreamObserver<PredictStreamResponse>) responses;
      call.setOnCancelHandler(() -> cancelled.add("cancelled"));
      LinkedBlockingQueue<PredictStreamRequest> inbox = new LinkedBlockingQueue<>();
      PredictStreamRequest end = PredictStreamRequest.getDefaultInstance();
      Thread worker = new Thread(() -> work(inbox, end, call), "doubling");
      worker.setDaemon(true);
      worker.start();
      return new StreamObserver<>() {
        @Override
        public void onNext(PredictStreamRequest message) {
          messages.add(message);
          receivedBytes.addAndGet(message.getSerializedSize());
          int unanswered = received.incrementAndGet() - answered.get();
          mostUnanswered.accumulateAndGet(unanswered, Math::max);
          inbox.add(message);
        }

        @Override
        public void onError(Throwable thrown) {
          worker.interrupt();
        }

        @Override
        public void onCompleted() {
          inbox.add(end);
        }
      };
    }

    private void work(
        LinkedBlockingQueue<PredictStreamRequest> inbox, PredictStreamRequest end, ServerCallStreamObserver<PredictStreamResponse> call) {
      try {
        for (long index = 0; ; index++) {
          PredictStreamRequest message = inbox.take();
          if (message == end) {
            call.onCompleted();
            return;
          }
          permits.acquire();
          if (answered.get() >= goneAfter) {
            goneAfter = Integer.MAX_VALUE;
            call.onError(refusal(14, "SHUTTING_DOWN", "the server is going down"));
            return;
          }
          answered.incrementAndGet();
          call.onNext(answer(index, message));
        }
      } catch (InterruptedException | IllegalStateException | StatusRuntimeException e) {
        cancelled.add("ended: " + e);
      }
    }

    private PredictStreamResponse answer(long index, PredictStreamRequest message) {
      PredictStreamResponse.Builder response =
          PredictStreamResponse.newBuilder().setIndex(index).setRequestId(message.getRequestId());
      if (index == 0) {
        response.setModel("doubling").setVersion(7);
      }
      Tensor doubled = doubled(message.getInputs(0));
      if (TensorReader.size(doubled) > 0 && Float.isNaN(TensorReader.floats(doubled)[0])) {
        return response
            .setError(
                Failure.newBuilder()
                    .setCode(3)
                    .setReason("INVALID_INPUT_SHAPE")
                    .setMessage("Dense 'd': expected 2 features, got NaN")
                    .putMetadata("layer", "d")
                    .setRetryAfterMillis(30))
            .build();
      }
      return response.addOutputs(doubled).build();
    }
  }

  private final class Management extends ModelServiceImplBase {

    @Override
    public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> responses) {
      Model model =
          Model.newBuilder()
              .setName(request.getModel())
              .addVersions(ModelVersion.newBuilder().setVersion(7).setStateful(stateful))
              .build();
      responses.onNext(GetModelResponse.newBuilder().setModel(model).build());
      responses.onCompleted();
    }

    @Override
    public void watchModels(WatchModelsRequest request, StreamObserver<WatchModelsResponse> responses) {
      responses.onNext(WatchModelsResponse.newBuilder().setChanged(Model.newBuilder().setName("doubling")).build());
      responses.onNext(WatchModelsResponse.newBuilder().setSnapshotDone(true).build());
    }
  }
}
