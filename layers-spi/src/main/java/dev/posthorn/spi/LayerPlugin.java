package dev.posthorn.spi;

/**
 * A set of layers, activations and operations; found by {@link java.util.ServiceLoader} through {@code
 * META-INF/services/dev.posthorn.spi.LayerPlugin}. Needs a public constructor without arguments.
 */
public interface LayerPlugin {
  /** The version of this interface; goes up when plug-ins must be built anew. */
  int SPI_VERSION = 1;

  /** Registers everything. Called once for each engine; a name that is taken fails the start. */
  void register(LayerRegistry registry);

  /** What errors and {@code inspect} call it; by default the class name. */
  default String name() {
    return getClass().getName();
  }

  /** The {@link #SPI_VERSION} it was written for. */
  default int spiVersion() {
    return SPI_VERSION;
  }
}
