package dev.posthorn.server.repository;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which version of a model is meant, and in what words it is not to be had. */
final class Resolution {
  private Resolution() {}

  /** The READY version of that number or label, or the default one. */
  static ModelVersion of(ModelEntry entry, long number, String label) {
    if (!label.isEmpty()) {
      Long labelled = entry.labels().get(label);
      if (labelled == null) {
        throw new InferenceException(
            Reason.VERSION_NOT_FOUND,
            Map.of("model", entry.name(), "label", label),
            "model '" + entry.name() + "' has no version labelled '" + label + "'; its labels: "
                + entry.labels().keySet().stream().sorted().toList());
      }
      return ready(entry, labelled);
    }
    return number > 0 ? ready(entry, number) : defaultVersion(entry);
  }

  private static ModelVersion ready(ModelEntry entry, long number) {
    ModelVersion version = entry.versions().get(number);
    if (version == null) {
      throw noSuchVersion(entry, number);
    }
    if (!version.isReady()) {
      throw notReady(entry, version);
    }
    return version;
  }

  private static ModelVersion defaultVersion(ModelEntry entry) {
    return entry
        .defaultVersion()
        .orElseThrow(
            () -> notReady(entry, entry.versions().isEmpty() ? null : entry.versions().lastEntry().getValue()));
  }

  /** The versions that are in service and have that number; 0: all. */
  static List<ModelVersion> forUnload(ModelEntry entry, long number) {
    if (number == 0) {
      return entry.versions().values().stream().filter(ModelVersion::isReady).toList();
    }
    ModelVersion version = entry.versions().get(number);
    if (version == null) {
      throw noSuchVersion(entry, number);
    }
    if (version.status().state() == VersionState.LOADING) {
      throw notReady(entry, version);
    }
    return version.isReady() ? List.of(version) : List.of();
  }

  private static InferenceException noSuchVersion(ModelEntry entry, long number) {
    return new InferenceException(
        Reason.VERSION_NOT_FOUND,
        Map.of("model", entry.name(), "version", Long.toString(number)),
        "model '" + entry.name() + "' has no version " + number + "; it has " + entry.versions().keySet());
  }

  private static InferenceException notReady(ModelEntry entry, @Nullable ModelVersion version) {
    if (version == null) {
      return new InferenceException(
          Reason.MODEL_NOT_READY, Map.of("model", entry.name()), "model '" + entry.name() + "' has no version yet");
    }
    ModelVersion.Status status = version.status();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("model", entry.name());
    metadata.put("version", Long.toString(version.number()));
    metadata.put("state", status.state().name());
    String message = version + " is " + status.state();
    if (status.error().isPresent()) {
      InferenceException cause = status.error().get();
      metadata.put("cause", cause.reason().name());
      message += ": " + cause.getMessage();
    }
    return new InferenceException(Reason.MODEL_NOT_READY, metadata, message);
  }
}
