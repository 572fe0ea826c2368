package dev.posthorn.server.repository;

/** Where a version came from. */
public enum Origin {
  /** Named when the server was started: it can be loaded again. */
  START_LIST,
  /** Found in a repository folder. */
  FOLDER,
  /** Sent by a client: gone once it is unloaded. */
  SENT
}
