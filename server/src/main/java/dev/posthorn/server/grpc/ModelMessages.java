package dev.posthorn.server.grpc;

import com.google.protobuf.Timestamp;
import dev.posthorn.engine.Port;
import dev.posthorn.server.repository.ModelEntry;
import dev.posthorn.server.repository.ModelVersion;
import dev.posthorn.server.repository.VersionState;
import dev.posthorn.spi.Shape;
import dev.posthorn.v1.LayerInfo;
import dev.posthorn.v1.Model;
import dev.posthorn.v1.ModelState;
import dev.posthorn.v1.Proof;
import dev.posthorn.v1.Signature;
import dev.posthorn.v1.TensorInfo;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;

/** What the registry knows, as ModelService tells it. */
final class ModelMessages {
  private ModelMessages() {}

  static Model model(ModelEntry entry, boolean full) {
    Model.Builder model =
        Model.newBuilder()
            .setName(entry.name())
            .putAllLabels(entry.labels())
            .setDefaultVersion(entry.defaultVersion().map(ModelVersion::number).orElse(0L));
    entry.versions().values().forEach(version -> model.addVersions(version(version, full)));
    return model.build();
  }

  static dev.posthorn.v1.ModelVersion version(ModelVersion version, boolean full) {
    ModelVersion.Status status = version.status();
    Instant since = status.since();
    dev.posthorn.v1.ModelVersion.Builder message =
        dev.posthorn.v1.ModelVersion.newBuilder()
            .setVersion(version.number())
            .setState(state(status.state()))
            .setStateTime(
                Timestamp.newBuilder().setSeconds(since.getEpochSecond()).setNanos(since.getNano()));
    status.error().ifPresent(error -> message.setError(Failures.message(error)));
    version.description().ifPresent(model -> describe(model, full, message));
    return message.build();
  }

  private static void describe(
      dev.posthorn.engine.Model model, boolean full, dev.posthorn.v1.ModelVersion.Builder message) {
    message
        .setSignature(
            Signature.newBuilder()
                .addAllInputs(ports(model.signature().inputs()))
                .addAllOutputs(ports(model.signature().outputs())))
        .setFormat(model.format())
        .setKerasVersion(model.kerasVersion().toString())
        .setSourceSha256(model.sha256())
        .setParameters(model.parameters())
        .setMemoryBytes(model.memoryBytes())
        .setStateful(model.stateful())
        .setRowsIndependent(model.rowsIndependent())
        .setFlopsPerRow(model.flopsPerRow());
    model
        .proof()
        .ifPresent(
            proof ->
                message.setProof(
                    Proof.newBuilder().setWorstError(proof.worstError()).setWorstOutput(proof.worstOutput())));
    if (full) {
      model.layers().forEach(layer -> message.addLayers(layer(layer)));
    }
  }

  private static LayerInfo layer(dev.posthorn.engine.LayerInfo layer) {
    return LayerInfo.newBuilder()
        .setName(layer.name())
        .setClassName(layer.className())
        .setRegisteredName(layer.registeredName())
        .setPlugin(layer.plugin())
        .addAllInputs(layer.inputs())
        .addAllOutputShape(dims(layer.outputShape()))
        .setParameters(layer.parameters())
        .build();
  }

  private static List<TensorInfo> ports(List<Port> ports) {
    return ports.stream()
        .map(
            port ->
                TensorInfo.newBuilder()
                    .setName(port.name())
                    .setDataType(WireTypes.wire(port.spec().dtype()))
                    .addAllShape(dims(port.spec().shape()))
                    .addAllLabels(port.labels())
                    .setOptional(port.optional())
                    .build())
        .toList();
  }

  private static List<Long> dims(Shape shape) {
    int[] dims = shape.dims();
    return LongStream.range(0, dims.length).map(axis -> dims[(int) axis]).boxed().toList();
  }

  private static ModelState state(VersionState state) {
    return switch (state) {
      case LOADING -> ModelState.MODEL_STATE_LOADING;
      case READY -> ModelState.MODEL_STATE_READY;
      case UNLOADING -> ModelState.MODEL_STATE_UNLOADING;
      case UNAVAILABLE -> ModelState.MODEL_STATE_UNAVAILABLE;
    };
  }
}
