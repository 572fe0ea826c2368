package dev.posthorn.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The table of modules in DESIGN.md: which may depend on which. */
class ModuleDependenciesTest {
  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "proto", Set.of(),
          "layers-spi", Set.of(),
          "engine", Set.of("layers-spi"),
          "layers-testkit", Set.of("engine"),
          "server", Set.of("engine", "proto"),
          "client", Set.of("proto"),
          "cli", Set.of("server", "client", "engine"),
          "benchmarks", Set.of("server", "client", "engine", "proto", "layers-spi", "layers-testkit", "cli"),
          "examples/layer-plugin", Set.of("layers-spi"),
          "examples/java-client", Set.of("client"));

  private static JavaClasses ours;

  static Set<String> modules() {
    return new TreeSet<>(ALLOWED.keySet());
  }

  @BeforeAll
  static void readClasses() {
    ours =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.posthorn");
  }

  @ParameterizedTest
  @MethodSource("modules")
  void declaresOnlyTheDependenciesOfTheTable(String module) throws Exception {
    assertThat(ALLOWED.get(module)).containsAll(declared(Cli.HOME.resolve(module).resolve("pom.xml")));
  }

  @Test
  void knowsEveryModule() throws IOException {
    String parent = Files.readString(Cli.HOME.resolve("pom.xml"));
    for (String module : ALLOWED.keySet()) {
      assertThat(parent).contains("<module>" + module.replaceFirst("/.*", "") + "</module>");
    }
    assertThat(parent.split("<module>", -1)).hasSize(10);
  }

  /** Our own modules among the dependencies that are not for tests only. */
  private static Set<String> declared(Path pom) throws Exception {
    NodeList dependencies =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile()).getElementsByTagName("dependency");
    Set<String> ours = new TreeSet<>();
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      if (text(dependency, "groupId").equals("dev.posthorn") && !text(dependency, "scope").equals("test")) {
        ours.add(text(dependency, "artifactId").replace("posthorn-", ""));
      }
    }
    return ours;
  }

  private static String text(Element element, String tag) {
    NodeList found = element.getElementsByTagName(tag);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
  }

  @Test
  void pointsOnlyDownwards() {
    assertThat(ours.size()).isGreaterThan(200);
    noClasses().that().resideInAPackage("dev.posthorn.spi..")
        .should().dependOnClassesThat().resideInAnyPackage("dev.posthorn.engine..", "dev.posthorn.v1..", "dev.posthorn.server..", "dev.posthorn.client..", "dev.posthorn.cli..")
        .check(ours);
    noClasses().that().resideInAPackage("dev.posthorn.engine..")
        .should().dependOnClassesThat().resideInAnyPackage("dev.posthorn.v1..", "dev.posthorn.server..", "dev.posthorn.client..", "dev.posthorn.cli..")
        .check(ours);
    noClasses().that().resideInAPackage("dev.posthorn.client..")
        .should().dependOnClassesThat().resideInAnyPackage("dev.posthorn.spi..", "dev.posthorn.engine..", "dev.posthorn.server..", "dev.posthorn.cli..")
        .check(ours);
    noClasses().that().resideInAPackage("dev.posthorn.server..")
        .should().dependOnClassesThat().resideInAnyPackage("dev.posthorn.client..", "dev.posthorn.cli..")
        .check(ours);
  }

  @Test
  void keepsTheEngineFreeOfNetworkAndLogging() {
    noClasses().that().resideInAPackage("dev.posthorn.engine..")
        .should().dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "com.sun.net.httpserver..", "java.net.http..", "org.slf4j..", "ch.qos.logback..")
        .check(ours);
  }

  @Test
  void readsProtobufInOnePackageOfTheEngineAlone() {
    noClasses().that().resideInAPackage("dev.posthorn.engine..")
        .and().resideOutsideOfPackage("dev.posthorn.engine.keras.tensorflow")
        .should().dependOnClassesThat().resideInAPackage("com.google.protobuf..")
        .check(ours);
  }

  @Test
  void namesBuiltInLayersNowhereOutsideTheirPackages() {
    noClasses().that().resideOutsideOfPackages("dev.posthorn.engine.layers..", "dev.posthorn.engine.ops..")
        .should().dependOnClassesThat().resideInAnyPackage("dev.posthorn.engine.layers..", "dev.posthorn.engine.ops..")
        .check(ours);
  }

  @Test
  void hasNoCycle() {
    slices().matching("dev.posthorn.(*)..").should().beFreeOfCycles().check(ours);
    slices().matching("dev.posthorn.server.(*)..").should().beFreeOfCycles().check(ours);
    slices().matching("dev.posthorn.cli.(*)..").should().beFreeOfCycles().check(ours);
    slices().matching("dev.posthorn.engine.layers.(*)..").should().beFreeOfCycles().check(ours);
  }
}
