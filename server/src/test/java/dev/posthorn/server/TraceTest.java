package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.posthorn.v1.TraceRequest;
import dev.posthorn.v1.TraceResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceTest {
  @Test
  void tellsWhatEveryLayerMakesOfABatch() {
    try (TestServer server = TestServer.onPort()) {
      server.loadDoubling("double");
      TraceRequest.Builder request =
          TraceRequest.newBuilder()
              .setModel("double")
              .addInputs(TestServer.floats("", new float[] {1, 2, 3}, 1, 3));
      List<TraceResponse> calls = new ArrayList<>();
      server.inference().trace(request.build()).forEachRemaining(calls::add);

      assertThat(calls).hasSize(2);
      assertThat(calls.get(0).getClassName()).isEqualTo("InputLayer");
      assertThat(calls.get(1).getLayer()).isEqualTo("dense");
      assertThat(calls.get(1).getOutputs(0).getFloatValuesList()).containsExactly(2f, 4f, 6f);
      assertThat(calls.get(1).getVersion()).isEqualTo(1);

      StatusRuntimeException unknown =
          catchThrowableOfType(
              StatusRuntimeException.class,
              () -> server.inference().trace(request.clone().addLayers("nobody").build()).next());
      assertThat(unknown.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }
}
