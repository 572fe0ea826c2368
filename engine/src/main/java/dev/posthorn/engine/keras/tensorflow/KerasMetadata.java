package dev.posthorn.engine.keras.tensorflow;

/** What {@code keras_metadata.pb} says of the model: one of the objects that it describes is the root. */
public final class KerasMetadata {
  private static final String ROOT = "root";

  private KerasMetadata() {}

  /**
   * The JSON text of the root object; empty if there is none.
   *
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL if the file is damaged
   */
  public static java.util.Optional<Span> root(Span file, String what) {
    for (Fields nodes = new Fields(file, what); nodes.next(); ) {
      if (nodes.number() != 1) {
        continue;
      }
      String path = "";
      Span metadata = file.part(0, 0);
      for (Fields node = nodes.message(); node.next(); ) {
        switch (node.number()) {
          case 3 -> path = node.text();
          case 5 -> metadata = node.bytes();
          default -> {}
        }
      }
      if (path.equals(ROOT)) {
        return java.util.Optional.of(metadata);
      }
    }
    return java.util.Optional.empty();
  }
}
