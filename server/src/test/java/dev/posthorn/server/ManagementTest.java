package dev.posthorn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.posthorn.v1.GetModelRequest;
import dev.posthorn.v1.LayerDescription;
import dev.posthorn.v1.ListModelsRequest;
import dev.posthorn.v1.LoadModelRequest;
import dev.posthorn.v1.LoadModelResponse;
import dev.posthorn.v1.Model;
import dev.posthorn.v1.ModelDescription;
import dev.posthorn.v1.ModelServiceGrpc;
import dev.posthorn.v1.ModelState;
import dev.posthorn.v1.ModelView;
import dev.posthorn.v1.PredictRequest;
import dev.posthorn.v1.UnloadModelRequest;
import dev.posthorn.v1.UploadModelRequest;
import dev.posthorn.v1.UploadModelResponse;
import dev.posthorn.v1.WatchModelsRequest;
import dev.posthorn.v1.WatchModelsResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagementTest {
  private static final String WEIGHTS = "{\"weights\": [[[2, 0], [0, 2]]], \"biases\": [[0, 0]], \"activations\": [\"linear\"]}";

  @TempDir private Path folder;
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(folder.resolve("named.json"), WEIGHTS);
    Path models = Files.createDirectory(folder.resolve("models"));
    Files.writeString(models.resolve("flat.json"), WEIGHTS);
    Files.writeString(models.resolve("flat.posthorn.yaml"), "labels: {stable: 1}\nversions: {policy: latest, count: 1}\n");
    Files.writeString(models.resolve("broken.keras"), "no model at all");
    Files.writeString(models.resolve("README.md"), "not a model");
    for (int version : new int[] {2, 5}) {
      Path place = Files.createDirectories(models.resolve("versioned/" + version));
      Files.writeString(place.resolve("weights.json"), WEIGHTS);
    }
    server =
        TestServer.start(
            false, config -> config.model("named", folder.resolve("named.json")).model("", models));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private StatusRuntimeException failure(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run);
  }

  private static String reason(StatusRuntimeException thrown) {
    return StatusProto.fromThrowable(thrown).getDetails(0).toString();
  }

  private Model get(String name) {
    return server
        .models()
        .getModel(GetModelRequest.newBuilder().setModel(name).setView(ModelView.MODEL_VIEW_FULL).build())
        .getModel();
  }

  private LoadModelResponse load(String name, ModelDescription description) {
    return server
        .models()
        .loadModel(LoadModelRequest.newBuilder().setModel(name).setDescription(description).build());
  }

  private void unload(String name, long version) {
    var unused =
        server.models().unloadModel(UnloadModelRequest.newBuilder().setModel(name).setVersion(version).build());
  }

  private long answeringVersion(String name, long version, String label) {
    return server
        .inference()
        .predict(
            PredictRequest.newBuilder()
                .setModel(name)
                .setVersion(version)
                .setVersionLabel(label)
                .addInputs(TestServer.floats("", new float[2], 1, 2))
                .build())
        .getVersion();
  }

  @Test
  void servesFilesAndFoldersAndSaysWhatIsWrongWithTheRest() {
    assertThat(answeringVersion("named", 0, "")).isEqualTo(1);
    assertThat(answeringVersion("flat", 0, "stable")).isEqualTo(1);
    assertThat(answeringVersion("versioned", 0, "")).isEqualTo(5);
    assertThat(answeringVersion("versioned", 2, "")).isEqualTo(2);
    Model broken = get("broken");
    assertThat(broken.getVersions(0).getState()).isEqualTo(ModelState.MODEL_STATE_UNAVAILABLE);
    assertThat(broken.getVersions(0).getError().getReason()).isEqualTo("INVALID_MODEL");
    StatusRuntimeException predict = failure(() -> answeringVersion("broken", 0, ""));
    assertThat(predict.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(reason(predict)).contains("MODEL_NOT_READY").contains("INVALID_MODEL");
  }

  @Test
  void listsInPages() {
    List<String> names = new ArrayList<>();
    String token = "";
    do {
      var page = server.models().listModels(ListModelsRequest.newBuilder().setPageSize(3).setPageToken(token).build());
      assertThat(page.getModelsCount()).isLessThanOrEqualTo(3);
      page.getModelsList().forEach(model -> names.add(model.getName()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(names).containsExactly("broken", "flat", "named", "versioned");
    assertThat(failure(() -> server.models().listModels(ListModelsRequest.newBuilder().setPageToken("?!").build()))
            .getStatus()
            .getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void describesAModelInTwoViews() {
    Model full = get("named");
    assertThat(full.getVersions(0).getSignature().getInputs(0).getShapeList()).containsExactly(-1L, 2L);
    assertThat(full.getVersions(0).getLayersCount()).isPositive();
    assertThat(full.getVersions(0).getFormat()).isEqualTo("json");
    assertThat(full.getVersions(0).getParameters()).isEqualTo(6);
    assertThat(full.getDefaultVersion()).isEqualTo(1);
    Model basic =
        server.models().getModel(GetModelRequest.newBuilder().setModel("named").build()).getModel();
    assertThat(basic.getVersions(0).getLayersCount()).isZero();
    assertThat(failure(() -> get("nobody")).getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void loadsDescriptionsAsNewVersionsAndForgetsThemWhenUnloaded() {
    assertThat(load("sent", TestServer.doubling()).getVersion().getVersion()).isEqualTo(1);
    assertThat(load("sent", TestServer.doubling()).getVersion().getVersion()).isEqualTo(2);
    assertThat(get("sent").getDefaultVersion()).isEqualTo(2);
    StatusRuntimeException exists =
        failure(
            () ->
                server
                    .models()
                    .loadModel(
                        LoadModelRequest.newBuilder()
                            .setModel("sent")
                            .setVersion(2)
                            .setDescription(TestServer.doubling())
                            .build()));
    assertThat(exists.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);

    unload("sent", 2);
    assertThat(get("sent").getDefaultVersion()).isEqualTo(1);
    unload("sent", 0);
    assertThat(failure(() -> get("sent")).getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void leavesEverythingAsItWasWhenADescriptionIsWrong() {
    ModelDescription unknown =
        ModelDescription.newBuilder().addLayers(LayerDescription.newBuilder().setClassName("Nonsense")).build();
    StatusRuntimeException thrown = failure(() -> load("sent", unknown));
    assertThat(thrown.getStatus().getCode()).as(thrown.toString()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(failure(() -> get("sent")).getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(failure(() -> load("a b", TestServer.doubling())).getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void unloadsAndReloadsAModelOfTheStartList() {
    unload("named", 0);
    StatusRuntimeException predict = failure(() -> answeringVersion("named", 0, ""));
    assertThat(reason(predict)).contains("MODEL_NOT_READY");
    LoadModelRequest again = LoadModelRequest.newBuilder().setModel("named").build();
    assertThat(server.models().loadModel(again).getVersion().getState()).isEqualTo(ModelState.MODEL_STATE_READY);
    assertThat(answeringVersion("named", 0, "")).isEqualTo(1);
    assertThat(failure(() -> server.models().loadModel(again)).getStatus().getCode())
        .isEqualTo(Status.Code.ALREADY_EXISTS);
  }

  @Test
  void retiresOldVersionsByPolicy() {
    ModelDescription two =
        ModelDescription.newBuilder()
            .addLayers(
                LayerDescription.newBuilder().addWeights(TestServer.floats("", new float[4], 2, 2)))
            .build();
    assertThat(load("flat", two).getVersion().getVersion()).isEqualTo(2);
    assertThat(answeringVersion("flat", 0, "")).isEqualTo(2);
    assertThat(reason(failure(() -> answeringVersion("flat", 1, "")))).contains("MODEL_NOT_READY");
    assertThat(get("flat").getVersions(0).getState()).isEqualTo(ModelState.MODEL_STATE_UNAVAILABLE);
  }

  @Test
  void refusesByNameWhatIsNotBuiltYet() throws Exception {
    StatusRuntimeException persist =
        failure(
            () ->
                server
                    .models()
                    .loadModel(
                        LoadModelRequest.newBuilder()
                            .setModel("x")
                            .setPersist(true)
                            .setDescription(TestServer.doubling())
                            .build()));
    assertThat(persist.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(reason(persist)).contains("NOT_SUPPORTED_HERE");
    assertThat(
            failure(
                    () ->
                        server
                            .models()
                            .loadModel(LoadModelRequest.newBuilder().setModel("versioned").setVersion(9).build()))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
    CompletableFuture<Throwable> upload = new CompletableFuture<>();
    StreamObserver<UploadModelRequest> requests =
        ModelServiceGrpc.newStub(server.channel())
            .uploadModel(
                new StreamObserver<UploadModelResponse>() {
                  @Override
                  public void onNext(UploadModelResponse value) {}

                  @Override
                  public void onError(Throwable t) {
                    upload.complete(t);
                  }

                  @Override
                  public void onCompleted() {
                    upload.complete(new AssertionError("uploaded"));
                  }
                });
    assertThat(requests).isNotNull();
    assertThat(Status.fromThrowable(upload.get(10, TimeUnit.SECONDS)).getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  @Test
  void tellsWatchersOfEveryModelAndThenOfChanges() {
    Iterator<WatchModelsResponse> watch = server.models().watchModels(WatchModelsRequest.getDefaultInstance());
    List<String> names = new ArrayList<>();
    WatchModelsResponse event = watch.next();
    for (; event.hasChanged(); event = watch.next()) {
      names.add(event.getChanged().getName());
    }
    assertThat(names).containsExactly("broken", "flat", "named", "versioned");
    assertThat(event.getSnapshotDone()).isTrue();

    load("sent", TestServer.doubling());
    do {
      event = watch.next();
      assertThat(event.getChanged().getName()).isEqualTo("sent");
    } while (event.getChanged().getDefaultVersion() == 0);
    unload("sent", 0);
    do {
      event = watch.next();
    } while (event.hasChanged());
    assertThat(event.getRemoved()).isEqualTo("sent");
  }

  @Test
  void reportsTheHealthOfAModel() {
    var health = io.grpc.health.v1.HealthGrpc.newBlockingStub(server.channel());
    var named = io.grpc.health.v1.HealthCheckRequest.newBuilder().setService("model/named").build();
    assertThat(health.check(named).getStatus().name()).isEqualTo("SERVING");
    unload("named", 1);
    await().until(() -> health.check(named).getStatus().name().equals("NOT_SERVING"));
  }
}
