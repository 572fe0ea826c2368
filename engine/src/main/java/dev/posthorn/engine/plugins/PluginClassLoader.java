package dev.posthorn.engine.plugins;

import dev.posthorn.spi.LayerPlugin;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/**
 * The classes of one plug-in. It shares the SPI, EJML and JSpecify with the server and sees nothing else of it, so that
 * it may bring any version of any other library.
 */
final class PluginClassLoader extends URLClassLoader {
  private static final List<String> SHARED = List.of("dev.posthorn.spi.", "org.ejml.", "org.jspecify.");

  static {
    registerAsParallelCapable();
  }

  PluginClassLoader(String name, URL[] jars) {
    super(name, jars, ClassLoader.getPlatformClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (SHARED.stream().anyMatch(name::startsWith)) {
      return LayerPlugin.class.getClassLoader().loadClass(name);
    }
    return super.loadClass(name, resolve);
  }
}
