package dev.posthorn.engine.keras;

import dev.posthorn.engine.Assets;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.WeightSource;
import dev.posthorn.engine.keras.content.Digest;
import dev.posthorn.engine.keras.tensorflow.ObjectGraph;
import dev.posthorn.engine.keras.tensorflow.SortedTable;
import dev.posthorn.engine.keras.tensorflow.Span;
import dev.posthorn.engine.keras.tensorflow.TensorBundle;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.KerasVersion;
import dev.posthorn.spi.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A TensorFlow checkpoint, {@code model.save_weights("ckpt")} of Keras 2: {@code ckpt.index} beside {@code ckpt.data-*}. */
final class Checkpoint implements ModelReader {
  private static final String ENDING = ".index";

  @Override
  public boolean recognises(Source source) {
    return source instanceof Source.File file && SortedTable.recognises(file.content());
  }

  @Override
  public ModelDescription read(Source source, ReadOptions options) {
    Source.File file = (Source.File) source;
    Path path =
        file.path()
            .map(Path::toAbsolutePath)
            .filter(index -> String.valueOf(index.getFileName()).endsWith(ENDING))
            .orElseThrow(
                () ->
                    new InferenceException(
                        Reason.INVALID_MODEL,
                        file.what() + " is the index of a TensorFlow checkpoint: expected a file X.index beside X.data-*"));
    Path config =
        options
            .architecture()
            .or(() -> file.sibling(KerasArchive.CONFIG))
            .orElseThrow(
                () ->
                    new InferenceException(
                        Reason.INVALID_MODEL,
                        file.what() + " is a checkpoint, which holds weights alone: give --architecture FILE (the text of"
                            + " model.to_json())"));
    Architecture architecture = Architecture.read(config, options.budget());
    String name = path.getFileName().toString();
    BundleShards shards =
        new BundleShards(path.resolveSibling(""), name.substring(0, name.length() - ENDING.length()));
    return new ModelDescription(
        options.name(),
        "checkpoint",
        architecture.kerasVersion().or(options::kerasVersion).orElse(KerasVersion.NEWEST),
        Digest.of(List.of(file.content())),
        architecture.root(),
        weights(TensorBundle.open(Span.of(FileBytes.copy(file.content())), shards, file.what(), options.budget()),
            architecture, file.what(), options.budget()),
        Assets.NONE,
        Optional.empty());
  }

  /**
   * The weights of a model in a checkpoint.
   *
   * @throws InferenceException UNSUPPORTED if its objects are not those of a Keras model
   */
  static WeightSource weights(TensorBundle bundle, Architecture architecture, String what, Budget budget) {
    ObjectGraph graph = graph(bundle, what, budget);
    int model =
        ObjectWeights.modelNode(graph)
            .orElseThrow(
                () ->
                    new InferenceException(
                        Reason.UNSUPPORTED,
                        what + " was not written by a Keras model: expected objects named layer-0, layer-1, ...; save it by"
                            + " model.save_weights(path) of Keras 2, or model.save(\"model.keras\")"));
    return new ObjectWeights(bundle, graph, model, architecture.root(), architecture.written());
  }

  static ObjectGraph graph(TensorBundle bundle, String what, Budget budget) {
    Span message =
        bundle
            .string(ObjectGraph.KEY)
            .orElseThrow(
                () ->
                    new InferenceException(
                        Reason.UNSUPPORTED,
                        what + " has no graph of objects: TensorFlow 1 wrote it; load it with Keras 2 and save it again by"
                            + " model.save(\"model.h5\")"));
    return ObjectGraph.read(message, what, budget);
  }
}
