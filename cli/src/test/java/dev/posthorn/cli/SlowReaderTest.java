package dev.posthorn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.posthorn.cli.files.WireTensors;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.server.PosthornServer;
import dev.posthorn.server.ServerConfig;
import dev.posthorn.v1.InferenceServiceGrpc;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import dev.posthorn.v1.Tensor;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million rows through one stream whose client is slow: nothing piles up in the server. */
class SlowReaderTest {
  private static final int FEATURES = 8;
  private static final int OUTPUTS = 64;
  private static final int ROWS = 512;
  private static final int MESSAGES = 1955;
  private static final int BAD = 1000;
  private static final int STALL_AT = 500;
  private static final long WINDOW_BYTES = 1 << 20;
  private static final long HEAP_GROWTH = 16 << 20;

  @TempDir Path folder;

  @Test
  void keepsWindowAndHeapBoundedOrderKeptAndGoesOnAfterABadBatch() throws Exception {
    assertThat((MESSAGES - 1) * ROWS).as("rows answered").isGreaterThanOrEqualTo(1_000_000);
    ServerConfig config =
        ServerConfig.builder()
            .set("port", "0").set("kernels", "ejml").set("ready-when", "loaded")
            .limit("window-bytes", "1MiB")
            .model("copy", model()).build();
    try (PosthornServer server = PosthornServer.start(config)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().maxInboundMessageSize(16 << 20).build();
      try {
        run(server, channel);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  /** Output j is feature j % 8: the answer says which rows it is for. */
  private Path model() throws IOException {
    String rows =
        IntStream.range(0, FEATURES)
            .mapToObj(
                i ->
                    IntStream.range(0, OUTPUTS)
                        .mapToObj(j -> j % FEATURES == i ? "1.0" : "0.0")
                        .collect(Collectors.joining(",", "[", "]")))
            .collect(Collectors.joining(",", "[[", "]]"));
    String zeros = IntStream.range(0, OUTPUTS).mapToObj(_ -> "0.0").collect(Collectors.joining(",", "[[", "]]"));
    return Files.writeString(
        folder.resolve("copy.json"), "{\"weights\":" + rows + ",\"biases\":" + zeros + ",\"activations\":[\"linear\"]}");
  }

  private static void run(PosthornServer server, ManagedChannel channel) throws InterruptedException {
    Reader reader = new Reader();
    InferenceServiceGrpc.newStub(channel).predictStream(reader);
    long heap = -1;
    long peak = 0;
    for (int i = 0; i < MESSAGES; i++) {
      if (i == STALL_AT) {
        Thread.sleep(1500); // The client sends what it can, reads nothing, and the server must stop asking.
        long growth = usedAfterGc() - heap;
        assertThat(growth).as("bytes of heap while the reader stalls").isLessThan(HEAP_GROWTH);
        peak = peakBytes(server);
        assertThat(peak).as("the window is full").isGreaterThan(WINDOW_BYTES / 2);
      }
      PredictStreamResponse answer = reader.next();
      assertThat(answer.getIndex()).isEqualTo(i);
      if (i == BAD) {
        assertThat(answer.getError().getReason()).isEqualTo("INVALID_INPUT_SHAPE");
      } else {
        assertThat(answer.hasError()).as(answer.getError().getMessage()).isFalse();
        float[] values = WireTensors.decode(answer.getOutputs(0)).floats();
        assertThat(values).hasSize(ROWS * OUTPUTS);
        assertThat(values[0]).isEqualTo(i);
        assertThat(values[(ROWS - 1) * OUTPUTS + 1]).isEqualTo(ROWS - 1);
      }
      if (i == 100) {
        heap = usedAfterGc();
      }
      peak = Math.max(peak, peakBytes(server));
      Thread.sleep(1);
    }
    assertThat(peak).as("the most bytes held for the stream").isLessThanOrEqualTo(WINDOW_BYTES);
    assertThat(usedAfterGc() - heap).as("bytes of heap after the last answer").isLessThan(HEAP_GROWTH);
    assertThat(reader.ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(reader.failure.get()).isNull();
  }

  private static long peakBytes(PosthornServer server) {
    return server.streams().stream().mapToLong(stream -> stream.peakBytes()).max().orElse(0);
  }

  private static long usedAfterGc() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Sends whenever the transport is ready; takes an answer only when asked for one. */
  private static final class Reader implements ClientResponseObserver<PredictStreamRequest, PredictStreamResponse> {
    final LinkedBlockingQueue<PredictStreamResponse> arrived = new LinkedBlockingQueue<>();
    final CountDownLatch ended = new CountDownLatch(1);
    final AtomicReference<Throwable> failure = new AtomicReference<>();
    private ClientCallStreamObserver<PredictStreamRequest> call;
    private int sent;

    @Override
    public void beforeStart(ClientCallStreamObserver<PredictStreamRequest> stream) {
      call = stream;
      stream.disableAutoRequestWithInitial(1);
      stream.setOnReadyHandler(this::sendWhileReady);
    }

    private void sendWhileReady() {
      while (sent < MESSAGES && call.isReady()) {
        call.onNext(request(sent++));
        if (sent == MESSAGES) {
          call.onCompleted();
        }
      }
    }

    private static PredictStreamRequest request(int number) {
      int features = number == BAD ? FEATURES - 1 : FEATURES;
      float[] values = new float[ROWS * features];
      for (int row = 0; row < ROWS; row++) {
        values[row * features] = number;
        values[row * features + 1] = row;
      }
      Tensor input = WireTensors.encode("", ArrayTensor.of(values, ROWS, features));
      return PredictStreamRequest.newBuilder().setModel(number == 0 ? "copy" : "").addInputs(input).build();
    }

    PredictStreamResponse next() throws InterruptedException {
      PredictStreamResponse answer = arrived.poll(30, TimeUnit.SECONDS);
      assertThat(answer).as("an answer within 30 s; the stream: %s", failure.get()).isNotNull();
      call.request(1);
      return answer;
    }

    @Override
    public void onNext(PredictStreamResponse answer) {
      arrived.add(answer);
    }

    @Override
    public void onError(Throwable t) {
      failure.set(t);
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }
}
