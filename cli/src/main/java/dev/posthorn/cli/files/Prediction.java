package dev.posthorn.cli.files;

import dev.posthorn.cli.UsageException;
import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Port;
import dev.posthorn.engine.keras.JsonText;
import dev.posthorn.engine.keras.Npy;
import dev.posthorn.engine.keras.Npz;
import dev.posthorn.spi.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The outputs of a model for one set of inputs, and how they are written.
 *
 * @param outputs in the model's order
 * @param tensors one for each output
 */
public record Prediction(String model, long version, List<Port> outputs, List<ArrayTensor> tensors) {
  private static final List<String> ENDINGS = List.of("npy", "npz", "csv", "json");

  public Prediction {
    outputs = List.copyOf(outputs);
    tensors = List.copyOf(tensors);
  }

  /** The JSON that {@code predict} prints. */
  public String json() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      ArrayTensor tensor = tensors.get(i);
      Map<String, Object> output = new LinkedHashMap<>();
      output.put("name", outputs.get(i).name());
      output.put("data_type", tensor.dtype().kerasName());
      output.put("shape", java.util.Arrays.stream(tensor.shape().dims()).boxed().toList());
      output.put("data", TensorLists.of(tensor));
      list.add(output);
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("model", model);
    document.put("version", version);
    document.put("outputs", list);
    return JsonText.of(document);
  }

  /**
   * Writes a file in the format of its ending, or a folder with a file for each output.
   *
   * @throws UsageException if the format cannot hold the outputs or the place cannot be written
   */
  public void write(Path target) {
    NamedFile file = new NamedFile("", target);
    try {
      if (Files.isDirectory(target) || !ENDINGS.contains(file.ending())) {
        writeFolder(target);
        return;
      }
      switch (file.ending()) {
        case "npy" -> Files.write(target, Npy.bytes(only(file, tensors)));
        case "npz" -> Files.write(target, Npz.bytes(byName()));
        case "csv" -> Files.writeString(target, CsvText.of(outputs, tensors, file.fileName()));
        default -> Files.writeString(target, json() + "\n");
      }
    } catch (IOException e) {
      throw new UsageException("cannot write " + target + ": " + e);
    }
  }

  private void writeFolder(Path folder) throws IOException {
    if (folder.toString().matches(".*\\.[A-Za-z0-9]{1,5}") && !Files.isDirectory(folder)) {
      throw new UsageException("--output " + folder + ": expected a folder, or a file ending in .npy, .npz, .csv or .json");
    }
    Files.createDirectories(folder);
    for (Map.Entry<String, ArrayTensor> output : byName().entrySet()) {
      ArrayTensor tensor = output.getValue();
      String name = fileName(output.getKey());
      if (tensor.dtype() == DType.STRING) {
        byte[] text = (JsonText.of(TensorLists.of(tensor)) + "\n").getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve(name + ".json"), text);
      } else {
        Files.write(folder.resolve(name + ".npy"), Npy.bytes(tensor));
      }
    }
  }

  /** Names come from the model file: whatever could lead out of the folder is replaced. */
  private static String fileName(String name) {
    String safe = name.replaceAll("[^A-Za-z0-9._-]", "_");
    return safe.startsWith(".") ? "_" + safe : safe;
  }

  private Map<String, ArrayTensor> byName() {
    Map<String, ArrayTensor> byName = new LinkedHashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      byName.put(outputs.get(i).name(), tensors.get(i));
    }
    return byName;
  }

  private static ArrayTensor only(NamedFile file, List<ArrayTensor> tensors) {
    if (tensors.size() != 1) {
      throw new UsageException(
          "--output " + file.path() + ": a .npy file holds one array, the model has " + tensors.size()
              + " outputs; name a folder or a .npz file");
    }
    return tensors.get(0);
  }
}
