package dev.posthorn.server.grpc;

import dev.posthorn.server.core.InferenceCore;
import dev.posthorn.v1.InferenceServiceGrpc;
import dev.posthorn.v1.PredictRequest;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.TraceRequest;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.io.InputStream;

/**
 * InferenceService: the generated service's names and descriptors, with our own marshallers and handlers. Predict and
 * PredictStream may run on the transport's thread.
 */
public final class InferenceEndpoint {
  private final InferenceCore core;
  private final OpenStreams streams;

  public InferenceEndpoint(InferenceCore core, OpenStreams streams) {
    this.core = core;
    this.streams = streams;
  }

  /** Whether the calls of that method are quick enough for the transport's thread. */
  public static boolean isQuick(String fullMethodName) {
    return fullMethodName.equals(InferenceServiceGrpc.getPredictMethod().getFullMethodName())
        || fullMethodName.equals(InferenceServiceGrpc.getPredictStreamMethod().getFullMethodName());
  }

  public ServerServiceDefinition definition() {
    MethodDescriptor<SentPredict, OutgoingMessage> predict =
        method(InferenceServiceGrpc.getPredictMethod(), PredictRequest.REPORT_TIMING_FIELD_NUMBER, "PredictRequest");
    MethodDescriptor<SentPredict, OutgoingMessage> stream =
        method(
            InferenceServiceGrpc.getPredictStreamMethod(),
            PredictStreamRequest.END_SEQUENCE_FIELD_NUMBER,
            "PredictStreamRequest");
    MethodDescriptor<SentPredict, OutgoingMessage> trace =
        method(InferenceServiceGrpc.getTraceMethod(), TraceRequest.TIMEOUT_MICROS_FIELD_NUMBER, "TraceRequest");
    ServiceDescriptor generated = InferenceServiceGrpc.getServiceDescriptor();
    return ServerServiceDefinition.builder(
                ServiceDescriptor.newBuilder(generated.getName())
                    .setSchemaDescriptor(generated.getSchemaDescriptor())
                    .addMethod(predict)
                    .addMethod(stream)
                    .addMethod(trace)
                    .build())
            .addMethod(predict, new PredictHandler(core))
            .addMethod(stream, streamHandler())
            .addMethod(trace, new TraceHandler(core))
            .build();
  }

  private ServerCallHandler<SentPredict, OutgoingMessage> streamHandler() {
    return (call, headers) -> {
      PredictStreamCall stream = new PredictStreamCall(call, core, streams);
      stream.start();
      return stream;
    };
  }

  private MethodDescriptor<SentPredict, OutgoingMessage> method(
      MethodDescriptor<?, ?> generated, int lastField, String request) {
    return generated
        .toBuilder(new PredictReader(core.arrays(), core.limits(), lastField, request), Encoded.INSTANCE)
        .build();
  }

  /** Answers are encoded already. */
  private enum Encoded implements MethodDescriptor.Marshaller<OutgoingMessage> {
    INSTANCE;

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
