package dev.posthorn.server.repository;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A name of the registry at one moment: swapped as a whole, so that a reader never sees half a change.
 *
 * @param versions by number, ascending
 * @param labels version numbers by label
 */
public record ModelEntry(
    String name, VersionPolicy policy, NavigableMap<Long, ModelVersion> versions, Map<String, Long> labels) {
  public ModelEntry {
    versions = Collections.unmodifiableNavigableMap(new TreeMap<>(versions));
    labels = Map.copyOf(labels);
  }

  static ModelEntry empty(String name, VersionPolicy policy, Map<String, Long> labels) {
    return new ModelEntry(name, policy, new TreeMap<>(), labels);
  }

  /** The version for requests that name none: the newest one that is READY. */
  public Optional<ModelVersion> defaultVersion() {
    for (ModelVersion version : versions.descendingMap().values()) {
      if (version.isReady()) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  List<Long> ready() {
    return versions.values().stream().filter(ModelVersion::isReady).map(ModelVersion::number).toList();
  }

  ModelEntry with(ModelVersion version) {
    TreeMap<Long, ModelVersion> more = new TreeMap<>(versions);
    more.put(version.number(), version);
    return new ModelEntry(name, policy, more, labels);
  }

  ModelEntry without(ModelVersion version) {
    TreeMap<Long, ModelVersion> fewer = new TreeMap<>(versions);
    fewer.remove(version.number(), version);
    Map<String, Long> left = new HashMap<>(labels);
    left.values().removeIf(number -> number == version.number());
    return new ModelEntry(name, policy, fewer, left);
  }

  ModelEntry withLabels(Collection<String> names, long number) {
    Map<String, Long> more = new HashMap<>(labels);
    names.forEach(label -> more.put(label, number));
    return new ModelEntry(name, policy, versions, more);
  }
}
