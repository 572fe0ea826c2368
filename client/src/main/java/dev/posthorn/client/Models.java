package dev.posthorn.client;

import static dev.posthorn.client.PosthornClient.asking;

import dev.posthorn.v1.GetModelRequest;
import dev.posthorn.v1.ListModelsRequest;
import dev.posthorn.v1.ListModelsResponse;
import dev.posthorn.v1.LoadModelRequest;
import dev.posthorn.v1.Model;
import dev.posthorn.v1.ModelDescription;
import dev.posthorn.v1.ModelVersion;
import dev.posthorn.v1.ModelView;
import dev.posthorn.v1.UnloadModelRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The models of a server. Thread-safe.
 *
 * <p>Every method throws {@link PosthornException}: {@code MODEL_NOT_FOUND}, {@code INVALID_MODEL}, {@code VERSION_EXISTS},
 * {@code PERMISSION_DENIED} where the server was not started with {@code --admin}, ...
 */
public final class Models {

  private final Transport transport;
  private final Duration timeout;
  private final Duration loadTimeout;

  Models(Transport transport, Duration timeout, Duration loadTimeout) {
    this.transport = transport;
    this.timeout = timeout;
    this.loadTimeout = loadTimeout;
  }

  /** All models with their versions and states. */
  public List<Model> list() {
    List<Model> models = new ArrayList<>();
    String page = "";
    do {
      ListModelsRequest request = ListModelsRequest.newBuilder().setPageToken(page).build();
      ListModelsResponse response = asking(() -> transport.blockingModels(timeout).listModels(request));
      models.addAll(response.getModelsList());
      page = response.getNextPageToken();
    } while (!page.isEmpty());
    return models;
  }

  /** One model: its versions with their signatures. */
  public Model get(String model) {
    return get(model, ModelView.MODEL_VIEW_BASIC);
  }

  /** One model; the full view has the layers too. */
  public Model get(String model, ModelView view) {
    GetModelRequest request = GetModelRequest.newBuilder().setModel(model).setView(view).build();
    return asking(() -> transport.blockingModels(timeout).getModel(request)).getModel();
  }

  /** All models, then each change, for as long as the watch is open. */
  public ModelWatch watch() {
    return watch("");
  }

  /** One model, then each change of it, for as long as the watch is open. */
  public ModelWatch watch(String model) {
    return ModelWatch.open(transport, model);
  }

  /** Loads a model that the request itself describes, as its next version; returns once it is READY. */
  public ModelVersion load(String model, ModelDescription description) {
    return load(LoadModelRequest.newBuilder().setModel(model).setDescription(description).build());
  }

  /** Loads a version; returns once it is READY, or fails and leaves everything as it was. */
  public ModelVersion load(LoadModelRequest request) {
    transport.checkSize(request.getSerializedSize());
    return asking(() -> transport.blockingModels(loadTimeout).loadModel(request)).getVersion();
  }

  /** Unloads all versions of a model. Requests under way are still answered. */
  public void unload(String model) {
    unload(model, 0);
  }

  /** Unloads one version of a model; 0: all. Requests under way are still answered. */
  public void unload(String model, long version) {
    UnloadModelRequest request = UnloadModelRequest.newBuilder().setModel(model).setVersion(version).build();
    var unused = asking(() -> transport.blockingModels(loadTimeout).unloadModel(request));
  }
}
