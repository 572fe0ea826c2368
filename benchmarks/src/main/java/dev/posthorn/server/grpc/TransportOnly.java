package dev.posthorn.server.grpc;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.server.batching.ArrayPool;
import dev.posthorn.server.core.Limits;
import dev.posthorn.spi.DType;
import dev.posthorn.v1.InferenceServiceGrpc;
import dev.posthorn.v1.PredictStreamRequest;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * PredictStream without a model: the server's own decoder, and a constant answer of a prediction's size. What the real
 * server costs above this, less the plan's own time, is the price of everything between the wire and the engine.
 */
public final class TransportOnly {
  private TransportOnly() {}

  /** Serves on that port until the process ends: {@code TransportOnly PORT ROWS}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])))
            .directExecutor()
            .maxInboundMessageSize(Limits.defaults().messageBytes())
            .addService(service(Integer.parseInt(args[1])))
            .build()
            .start();
    System.out.println("listening: grpc 127.0.0.1:" + server.getPort());
    server.awaitTermination();
  }

  /** InferenceService with PredictStream alone; each answer is {@code rows} raw floats. */
  public static ServerServiceDefinition service(int rows) {
    ArrayPool arrays = new ArrayPool();
    byte[] answer = answer(rows);
    MethodDescriptor<SentPredict, OutgoingMessage> method =
        InferenceServiceGrpc.getPredictStreamMethod()
            .toBuilder(
                new PredictReader(
                    arrays, Limits.defaults(), PredictStreamRequest.END_SEQUENCE_FIELD_NUMBER, "PredictStreamRequest"),
                new Constant())
            .build();
    return ServerServiceDefinition.builder(InferenceServiceGrpc.SERVICE_NAME)
        .addMethod(method, (call, headers) -> new Listener(call, arrays, answer))
        .build();
  }

  private static byte[] answer(int rows) {
    MessageWriter out = new MessageWriter(64);
    TensorWriter.write(out, 4, "output_0", ArrayTensor.allocate(DType.FLOAT32, rows, 1), true);
    try (OutgoingMessage message = out.message(null)) {
      return message.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Listener extends ServerCall.Listener<SentPredict> {
    private final ServerCall<SentPredict, OutgoingMessage> call;
    private final ArrayPool arrays;
    private final byte[] answer;

    Listener(ServerCall<SentPredict, OutgoingMessage> call, ArrayPool arrays, byte[] answer) {
      this.call = call;
      this.arrays = arrays;
      this.answer = answer;
      call.sendHeaders(new Metadata());
      call.request(1);
    }

    @Override
    public void onMessage(SentPredict message) {
      for (SentTensor tensor : message.inputs) {
        if (tensor.floats != null) {
          arrays.give(tensor.floats);
        }
      }
      call.sendMessage(
          new OutgoingMessage(List.of(new OutgoingMessage.Bytes(answer, answer.length)), null));
      call.request(1);
    }

    @Override
    public void onHalfClose() {
      call.close(Status.OK, new Metadata());
    }
  }

  private static final class Constant implements MethodDescriptor.Marshaller<OutgoingMessage> {
    @Override
    public InputStream stream(OutgoingMessage value) {
      return value;
    }

    @Override
    public OutgoingMessage parse(InputStream stream) {
      throw new UnsupportedOperationException("a server receives no answers");
    }
  }
}
