package dev.posthorn.server.repository;

/** Told of changes in the registry, on the thread that made them. Must be quick and must not throw. */
public interface RepositoryListener {
  /** A model, its versions or its labels are other than before, or it is gone. */
  default void changed(String model) {}

  /** Somebody asked for that version to be unloaded. */
  default void unloaded(ModelVersion version) {}
}
