package dev.posthorn.server;

import dev.posthorn.v1.InferenceServiceGrpc;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The client's side of a PredictStream, with its flow control in the test's hands. */
public final class Conversation {
  private final ClientCall<PredictStreamRequest, PredictStreamResponse> call;
  private final BlockingQueue<PredictStreamResponse> responses = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> status = new CompletableFuture<>();
  private volatile Metadata trailers = new Metadata();

  private Conversation(Channel channel, int ask) {
    call = channel.newCall(InferenceServiceGrpc.getPredictStreamMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(PredictStreamResponse message) {
            responses.add(message);
          }

          @Override
          public void onClose(Status ended, Metadata last) {
            trailers = last;
            status.complete(ended);
          }
        },
        new Metadata());
    if (ask > 0) {
      call.request(ask);
    }
  }

  public static Conversation open(Channel channel) {
    return new Conversation(channel, Integer.MAX_VALUE);
  }

  /** One that reads nothing until {@link #ask}. */
  public static Conversation silent(Channel channel) {
    return new Conversation(channel, 0);
  }

  public Conversation send(PredictStreamRequest.Builder request) {
    call.sendMessage(request.build());
    return this;
  }

  public void ask(int count) {
    call.request(count);
  }

  public boolean isReady() {
    return call.isReady();
  }

  public void halfClose() {
    call.halfClose();
  }

  public void cancel() {
    call.cancel("the test", null);
  }

  public PredictStreamResponse next() throws InterruptedException {
    PredictStreamResponse response = responses.poll(20, TimeUnit.SECONDS);
    if (response == null) {
      throw new AssertionError("no answer" + (status.isDone() ? "; the stream ended: " + status.join() : ""));
    }
    return response;
  }

  public int waiting() {
    return responses.size();
  }

  public Status end() throws Exception {
    return status.get(20, TimeUnit.SECONDS);
  }

  public Metadata trailers() {
    return trailers;
  }
}
