package dev.posthorn.benchmarks;

import com.google.protobuf.ByteString;
import dev.posthorn.v1.DataType;
import dev.posthorn.v1.InferenceServiceGrpc;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import dev.posthorn.v1.Tensor;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a message costs a server: one stream with sixteen messages in flight, and the CPU time of the server's process by
 * the operating system. Arguments: {@code PORT PID ROWS FEATURES}; the model is called {@code m}.
 */
public final class ServerCpu {
  private static final int IN_FLIGHT = 16;
  private static final int WINDOWS = 5;
  private static final long WARM_UP_MILLIS = 8000;
  private static final long WINDOW_MILLIS = 3000;

  private ServerCpu() {}

  public static void main(String[] arguments) throws InterruptedException {
    int port = Integer.parseInt(arguments[0]);
    long pid = Long.parseLong(arguments[1]);
    PredictStreamRequest first = request(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
    ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().directExecutor().build();
    AtomicLong answers = new AtomicLong();
    start(channel, first, answers);
    Thread.sleep(WARM_UP_MILLIS);
    for (int i = 0; i < WINDOWS; i++) {
      long count = answers.get();
      Duration before = cpu(pid);
      Thread.sleep(WINDOW_MILLIS);
      Duration used = cpu(pid).minus(before);
      long messages = answers.get() - count;
      System.out.printf(
          Locale.ROOT, "%d messages a second, %.1f us of server CPU a message%n", messages * 1000 / WINDOW_MILLIS,
          used.toNanos() / 1e3 / messages);
    }
    System.exit(0);
  }

  private static Duration cpu(long pid) {
    return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration()).orElseThrow();
  }

  private static PredictStreamRequest request(int rows, int features) {
    Tensor input = Tensor.newBuilder()
        .setDataType(DataType.DATA_TYPE_FLOAT32)
        .addShape(rows)
        .addShape(features)
        .setRaw(ByteString.copyFrom(new byte[rows * features * Float.BYTES]))
        .build();
    return PredictStreamRequest.newBuilder().setModel("m").addInputs(input).build();
  }

  /** Sends the next message for every answer; a failed one ends the process. */
  private static void start(ManagedChannel channel, PredictStreamRequest first, AtomicLong answers) {
    PredictStreamRequest next = first.toBuilder().clearModel().build();
    ClientCall<PredictStreamRequest, PredictStreamResponse> call =
        channel.newCall(InferenceServiceGrpc.getPredictStreamMethod(), CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(PredictStreamResponse answer) {
            if (answer.hasError()) {
              System.err.println(answer.getError());
              System.exit(1);
            }
            answers.incrementAndGet();
            call.sendMessage(next);
          }
        },
        new Metadata());
    call.request(Integer.MAX_VALUE);
    call.sendMessage(first);
    for (int i = 1; i < IN_FLIGHT; i++) {
      call.sendMessage(next);
    }
  }
}
