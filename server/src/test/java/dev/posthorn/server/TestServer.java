package dev.posthorn.server;

import dev.posthorn.engine.Engine;
import dev.posthorn.v1.InferenceServiceGrpc;
import dev.posthorn.v1.LayerDescription;
import dev.posthorn.v1.LoadModelRequest;
import dev.posthorn.v1.ModelDescription;
import dev.posthorn.v1.ModelServiceGrpc;
import dev.posthorn.v1.Tensor;
import dev.posthorn.v1.TensorInfo;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A server with the layers of {@link TestLayers}, and a channel to it. */
public final class TestServer implements AutoCloseable {
  private final TestLayers layers = new TestLayers();
  private final PosthornServer server;
  private final ManagedChannel channel;

  private TestServer(ServerConfigBuilder config, boolean network) {
    config.set("port", "0").set("admin", "").set("drain-delay", "0").set("threads", "2");
    ServerConfig built = config.build();
    Engine engine = Engine.builder().plugin(layers).threads(1).build();
    if (network) {
      server = PosthornServer.start(built, engine, InstantSource.system());
      channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    } else {
      String name = UUID.randomUUID().toString();
      server =
          PosthornServer.start(
              built,
              engine,
              InstantSource.system(),
              (host, port, limits) -> InProcessServerBuilder.forName(name));
      channel = InProcessChannelBuilder.forName(name).build();
    }
  }

  public static TestServer inProcess(String... limits) {
    return start(false, config -> setLimits(config, limits));
  }

  public static TestServer onPort(String... limits) {
    return start(true, config -> setLimits(config, limits));
  }

  public static TestServer start(boolean network, Consumer<ServerConfigBuilder> setUp) {
    ServerConfigBuilder config = ServerConfig.builder().set("ready-when", "loaded");
    setUp.accept(config);
    return new TestServer(config, network);
  }

  private static void setLimits(ServerConfigBuilder config, String... limits) {
    for (String limit : limits) {
      String[] parts = limit.split("=");
      config.limit(parts[0], parts[1]);
    }
  }

  public PosthornServer server() {
    return server;
  }

  public TestLayers layers() {
    return layers;
  }

  public ManagedChannel channel() {
    return channel;
  }

  public InferenceServiceGrpc.InferenceServiceBlockingStub inference() {
    return InferenceServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  public InferenceServiceGrpc.InferenceServiceStub streams() {
    return InferenceServiceGrpc.newStub(channel);
  }

  public ModelServiceGrpc.ModelServiceBlockingStub models() {
    return ModelServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  /** Loads model NAME: y = 2 x of three features. */
  public void loadDoubling(String name) {
    load(name, doubling());
  }

  public static ModelDescription doubling() {
    return ModelDescription.newBuilder()
        .addLayers(
            LayerDescription.newBuilder()
                .addWeights(floats("", new float[] {2, 0, 0, 0, 2, 0, 0, 0, 2}, 3, 3))
                .addWeights(floats("", new float[3], 3)))
        .build();
  }

  /** Loads model NAME: one of {@link TestLayers} on three features. */
  public void loadLayer(String name, String className, String config) {
    load(
        name,
        ModelDescription.newBuilder()
            .addInputs(TensorInfo.newBuilder().setName("x").addShape(-1).addShape(3))
            .addLayers(LayerDescription.newBuilder().setClassName(className).setConfigJson(config))
            .build());
  }

  public void load(String name, ModelDescription description) {
    models().loadModel(LoadModelRequest.newBuilder().setModel(name).setDescription(description).build());
  }

  public static Tensor floats(String name, float[] values, long... shape) {
    Tensor.Builder tensor = Tensor.newBuilder().setName(name);
    Arrays.stream(shape).forEach(tensor::addShape);
    for (float value : values) {
      tensor.addFloatValues(value);
    }
    return tensor.build();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
  }
}
