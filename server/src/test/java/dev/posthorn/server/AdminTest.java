package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.posthorn.engine.Engine;
import dev.posthorn.v1.ListModelsRequest;
import dev.posthorn.v1.LoadModelRequest;
import dev.posthorn.v1.ModelServiceGrpc;
import dev.posthorn.v1.UnloadModelRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.channelz.v1.ChannelzGrpc;
import io.grpc.channelz.v1.GetServersRequest;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class AdminTest {
  private interface Action {
    void run(ManagedChannel channel);
  }

  private static void on(ServerConfigBuilder config, String host, boolean adminPort, Action action) {
    ServerConfig built = config.set("port", "0").set("ready-when", "loaded").build();
    try (PosthornServer server =
        PosthornServer.start(built, Engine.builder().threads(1).build(), InstantSource.system())) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(host, adminPort ? server.adminPort() : server.port()).usePlaintext().build();
      try {
        action.run(channel);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static Status.Code load(ManagedChannel channel) {
    StatusRuntimeException thrown =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                ModelServiceGrpc.newBlockingStub(channel)
                    .loadModel(
                        LoadModelRequest.newBuilder()
                            .setModel("m")
                            .setDescription(TestServer.doubling())
                            .build()));
    return thrown == null ? Status.Code.OK : thrown.getStatus().getCode();
  }

  private static Status.Code channelz(ManagedChannel channel) {
    StatusRuntimeException thrown =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> ChannelzGrpc.newBlockingStub(channel).getServers(GetServersRequest.getDefaultInstance()));
    return thrown == null ? Status.Code.OK : thrown.getStatus().getCode();
  }

  @Test
  void changesNothingWithoutAdmin() {
    on(
        ServerConfig.builder(),
        "127.0.0.1",
        false,
        channel -> {
          assertThat(load(channel)).isEqualTo(Status.Code.PERMISSION_DENIED);
          StatusRuntimeException unload =
              catchThrowableOfType(
                  StatusRuntimeException.class,
                  () ->
                      ModelServiceGrpc.newBlockingStub(channel)
                          .unloadModel(UnloadModelRequest.newBuilder().setModel("m").build()));
          assertThat(unload.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
          assertThat(channelz(channel)).isEqualTo(Status.Code.UNIMPLEMENTED);
          assertThat(
                  ModelServiceGrpc.newBlockingStub(channel)
                      .listModels(ListModelsRequest.getDefaultInstance())
                      .getModelsCount())
              .isZero();
        });
  }

  @Test
  void letsCallersOfThisMachineManage() {
    on(
        ServerConfig.builder().set("admin", ""),
        "127.0.0.1",
        false,
        channel -> {
          assertThat(load(channel)).isEqualTo(Status.Code.OK);
          assertThat(channelz(channel)).isEqualTo(Status.Code.OK);
        });
  }

  @Test
  void refusesCallersOfOtherMachinesUnlessToldOtherwise() throws Exception {
    Optional<String> outside = outsideAddress();
    Assumptions.assumeTrue(outside.isPresent(), "no address but loopback");
    String address = outside.orElseThrow();
    on(
        ServerConfig.builder().set("admin", "").set("host", "0.0.0.0"),
        address,
        false,
        channel -> {
          assertThat(load(channel)).isEqualTo(Status.Code.PERMISSION_DENIED);
          assertThat(channelz(channel)).isEqualTo(Status.Code.PERMISSION_DENIED);
        });
    on(
        ServerConfig.builder().set("admin", "").set("host", "0.0.0.0").set("admin-host", "0.0.0.0"),
        address,
        false,
        channel -> assertThat(load(channel)).isEqualTo(Status.Code.PERMISSION_DENIED));
    on(
        ServerConfig.builder().set("admin", "").set("host", "0.0.0.0").set("admin-host", "0.0.0.0").set("insecure", ""),
        address,
        false,
        channel -> assertThat(load(channel)).isEqualTo(Status.Code.OK));
  }

  @Test
  void managesOnAPortOfItsOwn() {
    on(
        ServerConfig.builder().set("admin", "").set("admin-port", "0"),
        "127.0.0.1",
        true,
        channel -> assertThat(load(channel)).isEqualTo(Status.Code.OK));
    on(
        ServerConfig.builder().set("admin", "").set("admin-port", "0"),
        "127.0.0.1",
        false,
        channel -> assertThat(load(channel)).isEqualTo(Status.Code.PERMISSION_DENIED));
  }

  private static Optional<String> outsideAddress() throws Exception {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .map(InetAddress::getHostAddress)
        .findFirst();
  }
}
