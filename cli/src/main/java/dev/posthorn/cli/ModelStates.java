package dev.posthorn.cli;

import dev.posthorn.v1.Failure;
import dev.posthorn.v1.Model;
import dev.posthorn.v1.ModelVersion;
import dev.posthorn.v1.TensorInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Models of a server as rows of a table, and as JSON. */
final class ModelStates {
  static final List<String> HEADER = List.of("MODEL", "VERSION", "STATE", "FORMAT", "PARAMETERS", "MEMORY", "LABELS", "ERROR");

  private ModelStates() {}

  static List<List<String>> rows(Model model) {
    List<List<String>> rows = new ArrayList<>();
    for (ModelVersion version : model.getVersionsList()) {
      boolean serves = version.getVersion() == model.getDefaultVersion();
      rows.add(
          List.of(
              model.getName(),
              version.getVersion() + (serves ? "*" : ""),
              state(version),
              version.getFormat(),
              String.format(Locale.ROOT, "%,d", version.getParameters()),
              String.format(Locale.ROOT, "%,d", version.getMemoryBytes()),
              labels(model, version),
              version.hasError() ? version.getError().getMessage() : ""));
    }
    if (rows.isEmpty()) {
      rows.add(List.of(model.getName(), "-", "-", "-", "-", "-", "", ""));
    }
    return rows;
  }

  private static String labels(Model model, ModelVersion version) {
    return model.getLabelsMap().entrySet().stream()
        .filter(label -> label.getValue() == version.getVersion())
        .map(Map.Entry::getKey)
        .sorted()
        .collect(Collectors.joining(","));
  }

  private static String state(ModelVersion version) {
    return version.getState().name().replace("MODEL_STATE_", "");
  }

  static Map<String, Object> json(Model model) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", model.getName());
    json.put("default_version", model.getDefaultVersion());
    json.put("labels", model.getLabelsMap());
    json.put("versions", model.getVersionsList().stream().map(ModelStates::json).toList());
    return json;
  }

  private static Map<String, @Nullable Object> json(ModelVersion version) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("version", version.getVersion());
    json.put("state", state(version));
    json.put(
        "state_time",
        version.hasStateTime()
            ? Instant.ofEpochSecond(version.getStateTime().getSeconds(), version.getStateTime().getNanos()).toString()
            : null);
    json.put("error", version.hasError() ? json(version.getError()) : null);
    json.put("format", version.getFormat());
    json.put("keras_version", version.getKerasVersion());
    json.put("source_sha256", version.getSourceSha256());
    json.put("inputs", version.getSignature().getInputsList().stream().map(ModelStates::json).toList());
    json.put("outputs", version.getSignature().getOutputsList().stream().map(ModelStates::json).toList());
    json.put("parameters", version.getParameters());
    json.put("memory_bytes", version.getMemoryBytes());
    json.put("stateful", version.getStateful());
    json.put("rows_independent", version.getRowsIndependent());
    json.put("flops_per_row", version.getFlopsPerRow());
    return json;
  }

  private static Map<String, Object> json(Failure failure) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("reason", failure.getReason());
    json.put("message", failure.getMessage());
    json.put("metadata", failure.getMetadataMap());
    return json;
  }

  private static Map<String, Object> json(TensorInfo info) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", info.getName());
    json.put("data_type", info.getDataType().name().replace("DATA_TYPE_", "").toLowerCase(Locale.ROOT));
    json.put("shape", info.getShapeList());
    if (info.getLabelsCount() > 0) {
      json.put("labels", List.copyOf(info.getLabelsList()));
    }
    return json;
  }
}
