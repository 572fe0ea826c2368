package dev.posthorn.engine.kernels;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.posthorn.engine.kernels.vector.VectorKernels;
import dev.posthorn.engine.kernels.vector.Widths;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The kernels that an engine runs on, and why not better ones. {@code auto} takes the widest vectors that this JVM can
 * do well and never fails; a width asked for by name is refused where it cannot be had. Nothing here mentions a vector
 * type, so that it loads where the module is missing.
 *
 * @param note why not better ones, in one line that names the flag; empty if there is nothing to say
 */
public record KernelSelection(EngineKernels kernels, Optional<String> note) {
  private static final String EJML = "ejml";
  private static final String VECTOR = "vector";
  private static final int NARROWEST = 128;
  private static final int WIDEST = 512;

  /**
   * Chooses by the name that {@code --kernels} takes: auto, vector512, vector256, vector128 or ejml.
   *
   * @throws InferenceException INVALID_ARGUMENT for another name, or a width that this machine or JVM does not have
   */
  public static KernelSelection select(String name) {
    return switch (name) {
      case "auto" -> automatic();
      case EJML -> new KernelSelection(new EjmlKernels(), Optional.empty());
      case "vector512", "vector256", "vector128" -> ofWidth(Integer.parseInt(name.substring(VECTOR.length())));
      default -> throw refused(name, "expected one of auto, vector512, vector256, vector128, ejml, got '" + name + "'");
    };
  }

  private static KernelSelection automatic() {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      return new KernelSelection(new EjmlKernels(), obstacle.map(why -> why + "; using the slower ejml kernels"));
    }
    int bits = Math.min(WIDEST, Widths.preferredBits());
    return new KernelSelection(vector(bits), Optional.empty());
  }

  private static KernelSelection ofWidth(int bits) {
    String name = VECTOR + bits;
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      throw refused(name, "kernels " + name + " cannot run here: " + obstacle.get() + "; there is: ejml");
    }
    int preferred = Widths.preferredBits();
    if (bits > preferred) {
      List<String> there = new ArrayList<>();
      for (int width = NARROWEST; width <= preferred; width *= 2) {
        there.add(VECTOR + width);
      }
      throw refused(
          name,
          "kernels " + name + " cannot run here: this JVM's vectors have " + preferred + " bits; there are: "
              + String.join(", ", there) + ", ejml");
    }
    return new KernelSelection(vector(bits), Optional.empty());
  }

  private static EngineKernels vector(int bits) {
    return bits == Widths.preferredBits() ? new VectorKernels() : new WidthLoader(bits).kernels();
  }

  /** What keeps vectors from being used at all, with the flag that would help. */
  private static Optional<String> obstacle() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return Optional.of("the vector module is missing (start Java with --add-modules=jdk.incubator.vector)");
    }
    if (!hasFusedMultiplyAdd()) {
      return Optional.of("fused multiply-add is missing (-XX:+UseFMA, on a processor that has it)");
    }
    int bits = Widths.preferredBits();
    return bits < NARROWEST
        ? Optional.of("vectors have " + bits + " bits only (-XX:MaxVectorSize=16 or more)")
        : Optional.empty();
  }

  /** Without it the JVM would compute every fused multiply-add in software, a thousand times slower. */
  private static boolean hasFusedMultiplyAdd() {
    HotSpotDiagnosticMXBean flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    try {
      return flags != null && Boolean.parseBoolean(flags.getVMOption("UseFMA").getValue());
    } catch (IllegalArgumentException unknownFlag) {
      return false;
    }
  }

  private static InferenceException refused(String name, String message) {
    return new InferenceException(Reason.INVALID_ARGUMENT, Map.of("actual", name), message);
  }
}
