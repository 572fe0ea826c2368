package dev.posthorn.server.grpc;

import dev.posthorn.server.repository.ModelEntry;
import dev.posthorn.server.repository.ModelLoader;
import dev.posthorn.server.repository.ModelRepository;
import dev.posthorn.server.repository.ModelVersion;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import dev.posthorn.v1.GetModelRequest;
import dev.posthorn.v1.GetModelResponse;
import dev.posthorn.v1.ListModelsRequest;
import dev.posthorn.v1.ListModelsResponse;
import dev.posthorn.v1.LoadModelRequest;
import dev.posthorn.v1.LoadModelResponse;
import dev.posthorn.v1.ModelServiceGrpc;
import dev.posthorn.v1.ModelView;
import dev.posthorn.v1.UnloadModelRequest;
import dev.posthorn.v1.UnloadModelResponse;
import dev.posthorn.v1.UploadModelRequest;
import dev.posthorn.v1.UploadModelResponse;
import dev.posthorn.v1.WatchModelsRequest;
import dev.posthorn.v1.WatchModelsResponse;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** ModelService. Its calls may block: never on the transport's thread. */
public final class ModelEndpoint extends ModelServiceGrpc.ModelServiceImplBase {
  private static final int PAGE = 100;
  private static final int LARGEST_PAGE = 1000;

  private final ModelRepository repository;
  private final ModelLoader loader;
  private final OpenStreams streams;

  public ModelEndpoint(ModelRepository repository, ModelLoader loader, OpenStreams streams) {
    this.repository = repository;
    this.loader = loader;
    this.streams = streams;
  }

  /** The service for callers of that access to the methods that change something. */
  public ServerServiceDefinition definition(AdminInterceptor.Access access) {
    return ServerInterceptors.intercept(bindService(), new AdminInterceptor(access, ModelEndpoint::changes));
  }

  private static boolean changes(String fullMethodName) {
    return fullMethodName.equals(ModelServiceGrpc.getLoadModelMethod().getFullMethodName())
        || fullMethodName.equals(ModelServiceGrpc.getUploadModelMethod().getFullMethodName())
        || fullMethodName.equals(ModelServiceGrpc.getUnloadModelMethod().getFullMethodName());
  }

  @Override
  public void listModels(ListModelsRequest request, StreamObserver<ListModelsResponse> observer) {
    if (request.getPageSize() < 0) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT, "expected page_size of at least 0, got " + request.getPageSize());
    }
    int size = request.getPageSize() == 0 ? PAGE : Math.min(request.getPageSize(), LARGEST_PAGE);
    ListModelsResponse.Builder page = ListModelsResponse.newBuilder();
    for (ModelEntry entry : repository.entriesAfter(after(request.getPageToken()))) {
      if (page.getModelsCount() == size) {
        page.setNextPageToken(token(page.getModels(size - 1).getName()));
        break;
      }
      page.addModels(ModelMessages.model(entry, false));
    }
    observer.onNext(page.build());
    observer.onCompleted();
  }

  private static String token(String name) {
    return Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  private static String after(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT, Map.of(), "expected the next_page_token of another answer, got '" + token + "'", e);
    }
  }

  @Override
  public void getModel(GetModelRequest request, StreamObserver<GetModelResponse> observer) {
    boolean full = request.getView() == ModelView.MODEL_VIEW_FULL;
    observer.onNext(
        GetModelResponse.newBuilder()
            .setModel(ModelMessages.model(repository.entry(request.getModel()), full))
            .build());
    observer.onCompleted();
  }

  @Override
  public void watchModels(WatchModelsRequest request, StreamObserver<WatchModelsResponse> observer) {
    new WatchCall(
            repository, streams, request.getModel(), (ServerCallStreamObserver<WatchModelsResponse>) observer)
        .start();
  }

  @Override
  public void loadModel(LoadModelRequest request, StreamObserver<LoadModelResponse> observer) {
    checkVersion(request.getVersion());
    if (request.getPersist()) {
      throw new InferenceException(
          Reason.NOT_SUPPORTED_HERE, "persist: writing models to the repository is not supported yet");
    }
    ModelVersion version =
        request.hasDescription() ? sent(request) : loader.reload(request.getModel(), request.getVersion());
    observer.onNext(LoadModelResponse.newBuilder().setVersion(ModelMessages.version(version, false)).build());
    observer.onCompleted();
  }

  private ModelVersion sent(LoadModelRequest request) {
    try {
      return loader.loadSent(
          request.getModel(),
          request.getVersion(),
          SentDescription.of(request.getDescription()),
          request.getLabelsList());
    } catch (InferenceException e) {
      throw new SentModelFailure(e.with("model", request.getModel()));
    }
  }

  @Override
  public StreamObserver<UploadModelRequest> uploadModel(StreamObserver<UploadModelResponse> observer) {
    throw new InferenceException(
        Reason.NOT_SUPPORTED_HERE, "UploadModel is not supported yet; send the model as a description (LoadModel)");
  }

  @Override
  public void unloadModel(UnloadModelRequest request, StreamObserver<UnloadModelResponse> observer) {
    checkVersion(request.getVersion());
    repository.unload(request.getModel(), request.getVersion());
    observer.onNext(UnloadModelResponse.getDefaultInstance());
    observer.onCompleted();
  }

  private static void checkVersion(long version) {
    if (version < 0) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT, "expected a version of at least 1, or 0, got " + version);
    }
  }
}
