package dev.posthorn.engine.plugins;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of plug-ins: each {@code x.jar} in it is one, and each folder in it that holds jars is one of several jars.
 * Hidden files and files of other kinds are passed over.
 */
public final class PluginFolder {
  private static final String SPI_VERSION = "Posthorn-Spi-Version";

  private PluginFolder() {}

  /**
   * Loads the plug-ins of a folder, in the order of their names.
   *
   * @throws InferenceException INVALID_ARGUMENT if there is no such folder, if a jar or folder of jars has no provider of
   *     {@link LayerPlugin}, was built for another version of the SPI, or cannot be loaded
   */
  public static List<LoadedPlugin> load(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new InferenceException(Reason.INVALID_ARGUMENT, "plug-in folder " + folder + " does not exist");
    }
    List<LoadedPlugin> plugins = new ArrayList<>();
    for (Path entry : entries(folder)) {
      List<Path> jars = isJar(entry) ? List.of(entry) : Files.isDirectory(entry) ? jars(entry) : List.of();
      if (!jars.isEmpty()) {
        plugins.addAll(load(entry, jars));
      }
    }
    return plugins;
  }

  private static List<Path> jars(Path folder) {
    return entries(folder).stream().filter(PluginFolder::isJar).toList();
  }

  private static boolean isJar(Path path) {
    return path.toString().endsWith(".jar") && Files.isRegularFile(path);
  }

  private static List<Path> entries(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(entry -> !entry.getFileName().toString().startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw failed(folder, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<LoadedPlugin> load(Path origin, List<Path> jars) {
    jars.forEach(jar -> checkSpiVersion(origin, jar));
    // Stays open as long as the process: its layers may load classes at any time.
    PluginClassLoader loader = new PluginClassLoader(origin.getFileName().toString(), urls(origin, jars));
    List<LoadedPlugin> plugins = new ArrayList<>();
    try {
      for (LayerPlugin plugin : ServiceLoader.load(LayerPlugin.class, loader)) {
        if (plugin.getClass().getClassLoader() == loader) {
          plugins.add(new LoadedPlugin(plugin, origin.toString()));
        }
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      throw failed(origin, "cannot be loaded: " + e.getMessage(), e);
    }
    if (plugins.isEmpty()) {
      throw failed(
          origin, "provides no layers: expected META-INF/services/" + LayerPlugin.class.getName() + " in it", null);
    }
    return plugins;
  }

  private static void checkSpiVersion(Path origin, Path jar) {
    String version;
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      version = manifest == null ? null : manifest.getMainAttributes().getValue(SPI_VERSION);
    } catch (IOException e) {
      throw failed(origin, "cannot be read: " + e.getMessage(), e);
    }
    if (version != null && !version.strip().equals(Integer.toString(LayerPlugin.SPI_VERSION))) {
      throw failed(
          origin,
          "was built for version " + version + " of the SPI (" + jar.getFileName() + "); this is version "
              + LayerPlugin.SPI_VERSION + ": build it anew",
          null);
    }
  }

  private static URL[] urls(Path origin, List<Path> jars) {
    try {
      URL[] urls = new URL[jars.size()];
      for (int i = 0; i < urls.length; i++) {
        urls[i] = jars.get(i).toUri().toURL();
      }
      return urls;
    } catch (MalformedURLException e) {
      throw failed(origin, "cannot be read: " + e.getMessage(), e);
    }
  }

  private static InferenceException failed(Path origin, String what, @Nullable Throwable cause) {
    return new InferenceException(
        Reason.INVALID_ARGUMENT, Map.of("plugin", origin.toString()), "plug-in " + origin + " " + what, cause);
  }
}
