package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import dev.posthorn.v1.DataType;
import dev.posthorn.v1.InferenceServiceGrpc;
import dev.posthorn.v1.ModelServiceGrpc;
import dev.posthorn.v1.PredictRequest;
import dev.posthorn.v1.PredictStreamRequest;
import dev.posthorn.v1.PredictStreamResponse;
import dev.posthorn.v1.Tensor;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that no server should have to see, over a real port. */
class BadMessagesTest {
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.onPort("message=1000000", "rows=100", "rank=4");
    server.loadDoubling("double");
    server.loadLayer("slow", "Test>Slow", "{\"millis\": 5000}");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static PredictRequest.Builder request() {
    return PredictRequest.newBuilder().setModel("double").addInputs(TestServer.floats("", new float[3], 1, 3));
  }

  private static ErrorInfo failure(PredictRequest.Builder request, Status.Code code) {
    return failure(
        catchThrowableOfType(
            StatusRuntimeException.class, () -> server.inference().predict(request.build())),
        code);
  }

  private static ErrorInfo failure(StatusRuntimeException thrown, Status.Code code) {
    assertThat(thrown.getStatus().getCode()).as(thrown.toString()).isEqualTo(code);
    return info(StatusProto.fromThrowable(thrown));
  }

  private static ErrorInfo info(com.google.rpc.Status status) {
    try {
      ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
      assertThat(info.getDomain()).isEqualTo("posthorn.dev");
      return info;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void namesWhatIsWrongWithARequest() {
    assertThat(failure(request().setModel(""), Status.Code.INVALID_ARGUMENT).getReason())
        .isEqualTo("INVALID_ARGUMENT");
    assertThat(failure(request().setModel("nobody"), Status.Code.NOT_FOUND).getReason())
        .isEqualTo("MODEL_NOT_FOUND");
    assertThat(failure(request().setVersion(9), Status.Code.NOT_FOUND).getReason()).isEqualTo("VERSION_NOT_FOUND");
    assertThat(failure(request().setVersionLabel("x"), Status.Code.NOT_FOUND).getReason())
        .isEqualTo("VERSION_NOT_FOUND");
    assertThat(failure(request().setVersion(1).setVersionLabel("x"), Status.Code.INVALID_ARGUMENT).getReason())
        .isEqualTo("INVALID_ARGUMENT");
    assertThat(failure(request().setVersion(-1), Status.Code.INVALID_ARGUMENT).getReason())
        .isEqualTo("INVALID_ARGUMENT");
    assertThat(failure(request().addOutputs("y"), Status.Code.INVALID_ARGUMENT).getReason())
        .isEqualTo("INVALID_ARGUMENT");
    assertThat(failure(request().clearInputs(), Status.Code.INVALID_ARGUMENT).getReason())
        .isEqualTo("MISSING_INPUT");
    assertThat(failure(request().addInputs(TestServer.floats("z", new float[3], 1, 3)), Status.Code.INVALID_ARGUMENT)
            .getReason())
        .isEqualTo("UNKNOWN_INPUT");
    assertThat(failure(request().setRequestId("x".repeat(129)), Status.Code.RESOURCE_EXHAUSTED).getReason())
        .isEqualTo("TOO_LARGE");
  }

  @Test
  void checksLimitsBeforeTheSignature() {
    ErrorInfo rows =
        failure(
            request().setInputs(0, TestServer.floats("", new float[101], 101, 1)), Status.Code.RESOURCE_EXHAUSTED);
    assertThat(rows.getMetadataMap()).containsEntry("limit", "rows");
    ErrorInfo rank =
        failure(
            request().setInputs(0, TestServer.floats("z", new float[1], 1, 1, 1, 1, 1)),
            Status.Code.RESOURCE_EXHAUSTED);
    assertThat(rank.getMetadataMap()).containsEntry("limit", "rank");
  }

  @ParameterizedTest
  @ValueSource(strings = {"posthorn.v1.InferenceService/Predict", "posthorn.v1.ModelService/GetModel"})
  void answersAnUndecodableMessageWithInvalidArgument(String method) {
    assertThat(failure(sendBytes(method, new byte[] {10, 100, 1}), Status.Code.INVALID_ARGUMENT).getReason())
        .isEqualTo("INVALID_ARGUMENT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"posthorn.v1.InferenceService/Predict", "posthorn.v1.ModelService/GetModel"})
  void refusesAMessageOverTheLimitWhileItArrives(String method) {
    ErrorInfo info = failure(sendBytes(method, new byte[5_000_000]), Status.Code.RESOURCE_EXHAUSTED);
    assertThat(info.getReason()).isEqualTo("TOO_LARGE");
    assertThat(info.getMetadataMap()).containsEntry("limit", "message");
  }

  @ParameterizedTest
  @ValueSource(strings = {"posthorn.v1.InferenceService/Predict", "posthorn.v1.ModelService/GetModel"})
  void refusesAMessageThatIsOverTheLimitOnceInflated(String method) {
    CallOptions zipped = CallOptions.DEFAULT.withCompression("gzip");
    byte[] bomb =
        PredictRequest.newBuilder().setModel("x".repeat(5_000_000)).build().toByteArray();
    ErrorInfo info = failure(sendBytes(method, bomb, zipped), Status.Code.RESOURCE_EXHAUSTED);
    assertThat(info.getReason()).isEqualTo("TOO_LARGE");
  }

  private static StatusRuntimeException sendBytes(String method, byte[] bytes) {
    return sendBytes(method, bytes, CallOptions.DEFAULT);
  }

  private static StatusRuntimeException sendBytes(String method, byte[] bytes, CallOptions options) {
    MethodDescriptor<byte[], byte[]> descriptor =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method)
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () ->
            ClientCalls.blockingUnaryCall(
                server.channel(), descriptor, options.withDeadlineAfter(20, TimeUnit.SECONDS), bytes));
  }

  @Test
  void endsAStreamForAMessageOverTheLimitAfterAnsweringThoseBefore() throws Exception {
    Conversation stream = Conversation.open(server.channel());
    PredictStreamRequest.Builder good =
        PredictStreamRequest.newBuilder().setModel("double").addInputs(TestServer.floats("", new float[3], 1, 3));
    stream.send(good);
    PredictStreamResponse answer = stream.next();
    stream.send(good).send(PredictStreamRequest.newBuilder().setModel("x".repeat(3_000_000)));

    assertThat(answer.hasError()).isFalse();
    assertThat(stream.next().hasError()).isFalse();
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(info(StatusProto.fromStatusAndTrailers(stream.end(), stream.trailers())).getReason())
        .isEqualTo("TOO_LARGE");
  }

  @Test
  void honoursTheDeadlineOfACallAndItsTimeout() {
    PredictRequest.Builder slow = request().setModel("slow");
    ErrorInfo timeout = failure(slow.clone().setTimeoutMicros(20_000), Status.Code.DEADLINE_EXCEEDED);
    assertThat(timeout.getReason()).isEqualTo("DEADLINE_EXCEEDED");
    StatusRuntimeException deadline =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                InferenceServiceGrpc.newBlockingStub(server.channel())
                    .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                    .predict(slow.build()));
    assertThat(deadline.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  void acceptsEveryFieldKindThatFits() {
    Tensor ints =
        Tensor.newBuilder().addShape(1).addShape(3).addIntValues(1).addIntValues(2).addIntValues(3).build();
    assertThat(server.inference().predict(request().setInputs(0, ints).build()).getOutputs(0).getFloatValuesList())
        .containsExactly(2f, 4f, 6f);
    Tensor half =
        Tensor.newBuilder()
            .setDataType(DataType.DATA_TYPE_FLOAT16)
            .addShape(1)
            .addShape(3)
            .setRaw(ByteString.copyFrom(new byte[] {0, 0x3c, 0, 0x40, 0, 0x42}))
            .build();
    assertThat(server.inference().predict(request().setInputs(0, half).build()).getOutputs(0).getRaw().size())
        .isEqualTo(12);
    Tensor doubles =
        Tensor.newBuilder().addShape(1).addShape(3).addDoubleValues(1).addDoubleValues(2).addDoubleValues(3).build();
    assertThat(failure(request().setInputs(0, doubles), Status.Code.INVALID_ARGUMENT).getReason())
        .isEqualTo("INVALID_DTYPE");
  }

  @Test
  void servesReflectionAndHealthBesideOurServices() {
    assertThat(ModelServiceGrpc.newBlockingStub(server.channel()).listModels(
            dev.posthorn.v1.ListModelsRequest.getDefaultInstance()).getModelsCount())
        .isEqualTo(2);
    var health = io.grpc.health.v1.HealthGrpc.newBlockingStub(server.channel());
    for (String service : new String[] {"", "posthorn.v1.InferenceService", "posthorn.v1.ModelService", "model/double"}) {
      assertThat(
              health
                  .check(io.grpc.health.v1.HealthCheckRequest.newBuilder().setService(service).build())
                  .getStatus()
                  .name())
          .as(service)
          .isEqualTo("SERVING");
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
