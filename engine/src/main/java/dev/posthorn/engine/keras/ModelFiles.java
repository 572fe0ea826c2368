package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.ModelDescription;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.engine.keras.legacy.LegacyModels;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Opens model files of every form that is known; the content decides, never the name's ending. */
public final class ModelFiles {
  /** In this order: the first that recognises the content reads it. */
  private static final List<ModelReader> READERS =
      List.of(
          new KerasFolder(),
          new KerasZip(),
          new NpzModel(),
          new NpyModel(),
          new Hdf5Model(),
          new ShardedModel(),
          new JsonModel(),
          new SavedModelFolder(),
          new Checkpoint());

  private ModelFiles() {}

  /**
   * Reads a model file or an unzipped {@code .keras} folder.
   *
   * @throws InferenceException INVALID_MODEL if it is none or a damaged one, UNSUPPORTED for a form that is not read,
   *     TOO_LARGE over the budget
   */
  public static ModelDescription open(Path path, ReadOptions options) {
    Source source =
        Files.isDirectory(path)
            ? new Source.Folder(path)
            : new Source.File(
                path.getFileName() == null ? path.toString() : path.getFileName().toString(),
                Optional.of(path),
                FileBytes.read(path, options.budget()));
    return read(source, options.name().isEmpty() ? options.withName(defaultName(path)) : options);
  }

  /**
   * Reads a model file that is in memory; {@link ReadOptions#name} must be given.
   *
   * @throws InferenceException as {@link #open(Path, ReadOptions)}
   */
  public static ModelDescription open(byte[] content, ReadOptions options) {
    if (options.name().isEmpty()) {
      throw new IllegalArgumentException("a model in memory needs a name");
    }
    Budget.check("model-bytes", options.budget().bytes(), content.length, options.name() + ": bytes");
    return read(
        new Source.File(options.name(), Optional.empty(), Content.of(content)), options);
  }

  /**
   * The description of a model that was sent as data; {@link ReadOptions#name} must be given.
   *
   * @throws InferenceException INVALID_MODEL naming the layer, UNSUPPORTED, TOO_LARGE over the budget
   */
  public static ModelDescription describe(SpelledModel model, ReadOptions options) {
    return checked(SpelledModels.describe(model, options), options);
  }

  /** Whether the folder is a model, rather than a folder of models. */
  public static boolean isModelFolder(Path folder) {
    Source source = new Source.Folder(folder);
    return READERS.stream().anyMatch(reader -> reader.recognises(source));
  }

  /** The file name without its ending; all of a folder's name. */
  public static String defaultName(Path path) {
    Path last = path.toAbsolutePath().normalize().getFileName();
    String name = last == null ? "model" : last.toString();
    int dot = Files.isDirectory(path) ? -1 : name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  static ModelDescription read(Source source, ReadOptions options) {
    for (ModelReader reader : READERS) {
      if (reader.recognises(source)) {
        return checked(LegacyModels.relocated(reader.read(source, options)), options);
      }
    }
    throw new InferenceException(
        Reason.INVALID_MODEL,
        source.what() + " is not a model file: expected a .keras zip, HDF5, .npz, .npy or JSON weights, got "
            + appearance(source));
  }

  private static ModelDescription checked(ModelDescription model, ReadOptions options) {
    ModelDescription description = Replacements.apply(model, options.replace());
    DescriptionValidator.check(description, options.budget());
    return description;
  }

  private static String appearance(Source source) {
    return switch (source) {
      case Source.Folder folder -> "a folder without config.json";
      case Source.File file -> appearance(file.content());
    };
  }

  private static String appearance(Content content) {
    if (content.size() == 0) {
      return "an empty file";
    }
    byte[] head = FileBytes.copy(content.part(0, Math.min(content.size(), 64)));
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("version https://git-lfs")) {
      return "a Git LFS pointer; fetch the file itself: git lfs pull";
    }
    if (head[0] == (byte) 0x80 && head.length > 1 && head[1] <= 5) {
      return "a Python pickle, which is never read";
    }
    if (text.stripLeading().startsWith("<")) {
      return "a page of HTML or XML";
    }
    return text.chars().allMatch(c -> c >= ' ' && c < 0x7f || Character.isWhitespace(c))
        ? "a text file"
        : "unknown content";
  }
}
