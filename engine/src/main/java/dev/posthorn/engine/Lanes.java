package dev.posthorn.engine;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/** The idle sessions of a model. Taking and giving back allocates nothing while there are idle ones. */
final class Lanes {
  private static final int KEPT = 16;

  private final AtomicReferenceArray<Lane> idle = new AtomicReferenceArray<>(KEPT);
  private final Supplier<Session> sessions;

  Lanes(Supplier<Session> sessions) {
    this.sessions = sessions;
  }

  Lane take() {
    for (int i = 0; i < KEPT; i++) {
      Lane lane = idle.get(i);
      if (lane != null && idle.compareAndSet(i, lane, null)) {
        return lane;
      }
    }
    return new Lane(sessions.get(), this);
  }

  void giveBack(Lane lane) {
    for (int i = 0; i < KEPT; i++) {
      if (idle.get(i) == null && idle.compareAndSet(i, null, lane)) {
        return;
      }
    }
  }
}
