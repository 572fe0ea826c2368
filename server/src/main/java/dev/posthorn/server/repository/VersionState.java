package dev.posthorn.server.repository;

/** Where a version is in its life. */
public enum VersionState {
  LOADING,
  READY,
  UNLOADING,
  UNAVAILABLE
}
