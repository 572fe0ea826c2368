package dev.posthorn.engine.keras;

import dev.posthorn.engine.Names;
import java.util.Collection;

/** The end of a message about a name that is not known. */
public final class Nearest {
  private Nearest() {}

  /** {@code ; did you mean 'x'?}, or nothing if no name is near. */
  public static String hint(String name, Collection<String> known) {
    return Names.nearest(name, known).map(near -> "; did you mean '" + near + "'?").orElse("");
  }
}
