package dev.posthorn.server;

import dev.posthorn.server.core.InferenceCore;
import dev.posthorn.server.core.Limits;
import dev.posthorn.server.grpc.ActiveCalls;
import dev.posthorn.server.grpc.AdminInterceptor;
import dev.posthorn.server.grpc.ConnectionLimit;
import dev.posthorn.server.grpc.ErrorInterceptor;
import dev.posthorn.server.grpc.HealthReporter;
import dev.posthorn.server.grpc.InboundBudget;
import dev.posthorn.server.grpc.InferenceEndpoint;
import dev.posthorn.server.grpc.LimitedMessages;
import dev.posthorn.server.grpc.ModelEndpoint;
import dev.posthorn.server.grpc.OpenStreams;
import dev.posthorn.server.repository.ModelLoader;
import dev.posthorn.server.repository.ModelRepository;
import dev.posthorn.v1.InferenceServiceGrpc;
import dev.posthorn.v1.ModelServiceGrpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** What is served where: predictions for all, management for those who may. */
final class Endpoints {
  private static final int CHANNELZ_PAGE = 100;
  private static final String LOOPBACK = "127.0.0.1";

  private final ServerConfig config;
  private final InferenceEndpoint inference;
  private final ModelEndpoint models;
  private final HealthReporter health;
  private final ActiveCalls calls = new ActiveCalls();
  private final InboundBudget inbound;
  private final ConnectionLimit connections;
  private final Executor management = task -> Thread.ofVirtual().name("posthorn-call").start(task);

  Endpoints(
      ServerConfig config,
      InferenceCore core,
      ModelRepository repository,
      ModelLoader loader,
      OpenStreams streams,
      HealthReporter health) {
    this.config = config;
    this.inference = new InferenceEndpoint(core, streams);
    this.models = new ModelEndpoint(repository, loader, streams);
    this.health = health;
    this.inbound = new InboundBudget(config.limits());
    this.connections = new ConnectionLimit(config.limits().connections());
  }

  /** The calls that have not ended. */
  ActiveCalls calls() {
    return calls;
  }

  /** Full names of our services. */
  List<String> services() {
    return List.of(InferenceServiceGrpc.SERVICE_NAME, ModelServiceGrpc.SERVICE_NAME);
  }

  /** Starts the server, and one for management if that has its own port. */
  List<Server> start(Transport transport) throws IOException {
    List<Server> servers = new ArrayList<>();
    try {
      boolean apart = config.adminPort().isPresent();
      ServerBuilder<?> main = builder(transport, config.host(), config.port());
      main.addService(counted(inference.definition()));
      addManagement(main, apart ? AdminInterceptor.Access.NOBODY : access(config.host()));
      servers.add(main.build().start());
      if (apart) {
        String host = config.adminHost().orElse(LOOPBACK);
        ServerBuilder<?> admin = builder(transport, host, config.adminPort().get());
        addManagement(admin, access(host));
        servers.add(admin.build().start());
      }
      return servers;
    } catch (IOException | RuntimeException e) {
      servers.forEach(Server::shutdownNow);
      throw e;
    }
  }

  /** Who may manage: nobody without --admin; other machines only if both --admin-host and --insecure say so. */
  private AdminInterceptor.Access access(String host) {
    if (!config.admin()) {
      return AdminInterceptor.Access.NOBODY;
    }
    return config.adminHost().isPresent() && config.insecure()
        ? AdminInterceptor.Access.EVERYBODY
        : AdminInterceptor.Access.LOOPBACK;
  }

  private void addManagement(ServerBuilder<?> builder, AdminInterceptor.Access access) {
    Limits limits = config.limits();
    builder.addService(counted(LimitedMessages.limit(models.definition(access), limits)));
    builder.addService(LimitedMessages.limit(health.service().bindService(), limits));
    builder.addService(LimitedMessages.limit(ProtoReflectionServiceV1.newInstance().bindService(), limits));
    if (access != AdminInterceptor.Access.NOBODY) {
      ServerServiceDefinition channelz = ChannelzService.newInstance(CHANNELZ_PAGE).bindService();
      builder.addService(
          LimitedMessages.limit(
              ServerInterceptors.intercept(channelz, new AdminInterceptor(access, method -> true)), limits));
    }
  }

  private ServerServiceDefinition counted(ServerServiceDefinition service) {
    return ServerInterceptors.intercept(service, calls);
  }

  /** The transport's own limit is out of the way, because {@link InboundBudget} refuses with a proper status. */
  private ServerBuilder<?> builder(Transport transport, String host, int port) {
    Executor inPlace = Runnable::run;
    return transport
        .builder(host, port, config.limits())
        .executor(inPlace)
        .callExecutor(new ByMethod(inPlace, management))
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .maxInboundMetadataSize(config.limits().metadataBytes())
        .addStreamTracerFactory(inbound)
        .addTransportFilter(connections)
        .intercept(connections)
        .intercept(new ErrorInterceptor());
  }

  /** Predictions on the transport's thread, everything else elsewhere. */
  private record ByMethod(Executor quick, Executor other) implements ServerCallExecutorSupplier {
    @Override
    public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
      return InferenceEndpoint.isQuick(call.getMethodDescriptor().getFullMethodName()) ? quick : other;
    }
  }
}
