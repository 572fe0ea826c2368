package dev.posthorn.engine.keras;

import dev.posthorn.engine.Assets;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.engine.keras.content.Digest;
import dev.posthorn.engine.keras.tensorflow.KerasMetadata;
import dev.posthorn.engine.keras.tensorflow.ObjectGraph;
import dev.posthorn.engine.keras.tensorflow.SavedObjects;
import dev.posthorn.engine.keras.tensorflow.Span;
import dev.posthorn.engine.keras.tensorflow.TensorBundle;
import dev.posthorn.spi.DType;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import dev.posthorn.spi.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A TensorFlow SavedModel. One that Keras 2 wrote has the architecture in {@code keras_metadata.pb}; from any other the
 * variables are taken, in their order, if an architecture is given. Its graph of TensorFlow operations is never run.
 */
final class SavedModelFolder implements ModelReader {
  private static final String GRAPH = "saved_model.pb";
  private static final String METADATA = "keras_metadata.pb";
  private static final String INDEX = "variables/variables.index";
  private static final String VARIABLES = "variables";

  /** Keras 3 keeps the state of dropout's random numbers among the variables. */
  private static final Shape SEED = Shape.of(2);

  @Override
  public boolean recognises(Source source) {
    return source instanceof Source.Folder folder && (folder.has(GRAPH) || folder.has("saved_model.pbtxt"));
  }

  @Override
  public ModelDescription read(Source source, ReadOptions options) {
    Source.Folder folder = (Source.Folder) source;
    Content graph = member(folder, GRAPH, options);
    Optional<Path> metadata = FolderFiles.find(folder.folder(), METADATA);
    List<Content> contents = new ArrayList<>(List.of(graph));
    Optional<Span> root = Optional.empty();
    if (metadata.isPresent()) {
      Content bytes = FileBytes.read(metadata.get(), options.budget());
      contents.add(bytes);
      root = KerasMetadata.root(Span.of(FileBytes.copy(bytes)), METADATA + " of " + folder.what());
    }
    boolean given = options.architecture().isPresent();
    if (root.isEmpty() && !given) {
      throw new InferenceException(
          Reason.UNSUPPORTED,
          folder.what() + " is a SavedModel without Keras' metadata (model.export() of Keras 3, or plain TensorFlow): it holds"
              + " a graph of TensorFlow operations and no layers; save the model with model.save(\"model.keras\"), or give"
              + " --architecture FILE (the text of model.to_json())");
    }
    Architecture architecture =
        given
            ? Architecture.read(options.architecture().get(), options.budget())
            : architecture(root.get(), graph, folder.what(), options);
    Content index = member(folder, INDEX, options);
    contents.add(index);
    String what = INDEX + " of " + folder.what();
    BundleShards shards = new BundleShards(folder.folder(), INDEX.substring(0, INDEX.lastIndexOf('.')));
    TensorBundle bundle = TensorBundle.open(Span.of(FileBytes.copy(index)), shards, what, options.budget());
    return new ModelDescription(
        options.name(),
        "savedmodel",
        architecture.kerasVersion().or(options::kerasVersion).orElse(KerasVersion.NEWEST),
        Digest.of(contents),
        architecture.root(),
        weights(bundle, architecture, what, options),
        Assets.NONE,
        Optional.empty());
  }

  private static Content member(Source.Folder folder, String name, ReadOptions options) {
    return FolderFiles.find(folder.folder(), name)
        .map(file -> FileBytes.read(file, options.budget()))
        .orElseThrow(
            () ->
                new InferenceException(
                    Reason.INVALID_MODEL, folder.what() + " has no " + name + ", which a SavedModel folder needs"));
  }

  private static Architecture architecture(Span metadata, Content graph, String what, ReadOptions options) {
    String place = METADATA + " of " + what;
    byte[] json = java.util.Arrays.copyOfRange(metadata.array(), metadata.from(), metadata.from() + metadata.length());
    Map<String, @Nullable Object> root = Json.object(Json.parse(json, place, options.budget()), place);
    Object version = root.get("keras_version");
    Map<String, @Nullable Object> model = new java.util.LinkedHashMap<>();
    model.put("class_name", root.get("class_name"));
    model.put("config", root.get("config"));
    if (Vocabularies.areMissing(model)) {
      String graphPlace = GRAPH + " of " + what;
      model =
          Vocabularies.complete(
              model, SavedObjects.read(Span.of(FileBytes.copy(graph)), graphPlace, options.budget()));
    }
    return Architecture.of(
        model,
        version == null
            ? options.kerasVersion()
            : Optional.of(KerasVersion.of(Json.string(version, place + ": keras_version"))),
        place);
  }

  private static WeightSource weights(TensorBundle bundle, Architecture architecture, String what, ReadOptions options) {
    ObjectGraph graph = Checkpoint.graph(bundle, what, options.budget());
    OptionalInt list = graph.child(0, VARIABLES);
    if (ObjectWeights.modelNode(graph).isPresent() || list.isEmpty()) {
      return Checkpoint.weights(bundle, architecture, what, options.budget());
    }
    List<StoredArray> arrays = new ArrayList<>();
    for (int i = 0; graph.child(list.getAsInt(), Integer.toString(i)).isPresent(); i++) {
      int variable = graph.child(list.getAsInt(), Integer.toString(i)).getAsInt();
      StoredArray array =
          graph
              .key(variable)
              .flatMap(bundle::find)
              .map(BundleArray::new)
              .orElseThrow(
                  () -> new InferenceException(Reason.MISSING_WEIGHTS, what + " does not hold the value of every variable"));
      if (array.dtype() != DType.UINT32 || !array.shape().equals(SEED)) {
        arrays.add(array);
      }
    }
    return new WeightSource.InOrder(arrays);
  }
}
