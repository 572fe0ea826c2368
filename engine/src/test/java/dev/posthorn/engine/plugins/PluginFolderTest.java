package dev.posthorn.engine.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.LayerPlugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginFolderTest {
  private static final String SERVICE = "META-INF/services/dev.posthorn.spi.LayerPlugin";

  @TempDir Path work;
  @TempDir Path folder;

  @Test
  void loadsJarsAndFoldersOfJarsInTheOrderOfTheirNames() throws IOException {
    jar(folder.resolve("b.jar"), "1", plugin("sample.Plugin", "\"b\""));
    Files.createDirectory(folder.resolve("a"));
    jar(folder.resolve("a/main.jar"), "1", plugin("sample.Plugin", "sample.Library.name()"), library("a"));
    Files.writeString(folder.resolve("README.txt"), "no plug-in");
    Files.createDirectory(folder.resolve("empty"));

    List<LoadedPlugin> plugins = PluginFolder.load(folder);

    assertThat(plugins).extracting(loaded -> loaded.plugin().name()).containsExactly("a", "b");
    assertThat(plugins.get(1).origin()).endsWith("b.jar");
  }

  @Test
  void keepsClassesOfTheSameNameApart() throws IOException {
    jar(folder.resolve("one.jar"), "1", plugin("sample.Plugin", "sample.Library.name()"), library("one"));
    jar(folder.resolve("two.jar"), "1", plugin("sample.Plugin", "sample.Library.name()"), library("two"));

    assertThat(PluginFolder.load(folder)).extracting(p -> p.plugin().name()).containsExactly("one", "two");
  }

  @Test
  void sharesEjmlAndHidesTheEngine() throws IOException {
    Map.Entry<String, String> looking =
        Map.entry(
            "sample.Library",
            """
            package sample;
            final class Library {
              static String name() {
                return look("org.ejml.data.FMatrixRMaj") + " " + look("dev.posthorn.engine.plugins.PluginFolder");
              }
              private static String look(String name) {
                try {
                  ClassLoader own = dev.posthorn.spi.LayerPlugin.class.getClassLoader();
                  return Class.forName(name).getClassLoader() == own ? "shared" : "own";
                } catch (ClassNotFoundException e) {
                  return "hidden";
                }
              }
            }
            """);
    jar(folder.resolve("x.jar"), "1", plugin("sample.Plugin", "Library.name()"), looking);

    assertThat(PluginFolder.load(folder).get(0).plugin().name()).isEqualTo("shared hidden");
  }

  @Test
  void refusesAJarWithoutProvider() throws IOException {
    jar(folder.resolve("x.jar"), "1", library("x"));

    assertThatThrownBy(() -> PluginFolder.load(folder))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("x.jar provides no layers: expected META-INF/services/dev.posthorn.spi.LayerPlugin");
  }

  @Test
  void refusesAnotherVersionOfTheSpi() throws IOException {
    jar(folder.resolve("x.jar"), "99", plugin("sample.Plugin", "\"x\""));

    assertThatThrownBy(() -> PluginFolder.load(folder))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("was built for version 99 of the SPI")
        .hasMessageContaining("this is version " + LayerPlugin.SPI_VERSION);
  }

  @Test
  void refusesAProviderThatCannotBeMade() throws IOException {
    jar(folder.resolve("x.jar"), "1", plugin("sample.Plugin", "\"x\""), Map.entry(SERVICE, "sample.Missing\n"));

    assertThatThrownBy(() -> PluginFolder.load(folder))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("x.jar cannot be loaded")
        .hasMessageContaining("sample.Missing");
  }

  @Test
  void refusesWhatIsNoJarOrNoFolder() throws IOException {
    Files.writeString(folder.resolve("x.jar"), "not a zip");

    assertThatThrownBy(() -> PluginFolder.load(folder)).hasMessageContaining("x.jar cannot be read");
    assertThatThrownBy(() -> PluginFolder.load(folder.resolve("nowhere"))).hasMessageContaining("does not exist");
  }

  private static Map.Entry<String, String> plugin(String name, String expression) {
    return Map.entry(
        name,
        """
        package sample;
        import dev.posthorn.spi.*;
        public final class Plugin implements LayerPlugin {
          @Override public void register(LayerRegistry registry) {}
          @Override public String name() { return %s; }
        }
        """.formatted(expression));
  }

  private static Map.Entry<String, String> library(String name) {
    return Map.entry(
        "sample.Library",
        "package sample; final class Library { static String name() { return \"" + name + "\"; } }");
  }

  /** Compiles the sources; a plug-in gets its service file unless one is given. */
  @SafeVarargs
  private void jar(Path jar, String spiVersion, Map.Entry<String, String>... entries) throws IOException {
    Path classes = Files.createTempDirectory(work, "classes");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Posthorn-Spi-Version", spiVersion);
    String service = "";
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of("-d", classes.toString(), "-proc:none", "-classpath", System.getProperty("java.class.path")));
    for (Map.Entry<String, String> entry : entries) {
      if (entry.getKey().equals(SERVICE)) {
        service = entry.getValue();
        continue;
      }
      if (entry.getKey().endsWith("Plugin") && service.isEmpty()) {
        service = entry.getKey();
      }
      Path source = classes.resolve(entry.getKey().substring("sample.".length()) + ".java");
      Files.writeString(source, entry.getValue());
      arguments.add(source.toString());
    }
    int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
    assertThat(result).isZero();
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        out.write(Files.readAllBytes(file));
      }
      if (!service.isEmpty()) {
        out.putNextEntry(new JarEntry(SERVICE));
        out.write(service.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
  }
}
