package dev.posthorn.examples.layers;

import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;

/** Registers everything under the names that stand in model files: {@code package>name}. */
public final class MyPlugin implements LayerPlugin {
  @Override
  public void register(LayerRegistry registry) {
    registry.layer("MyPackage>ScaledShift", ScaledShift::new);
    registry.composite("MyPackage>GatedUnit", GatedUnit::new);
    registry.composite("MyPackage>TwoTower", TwoTower::new);
    registry.activation("MyPackage>snake", MyPlugin::snake);
    registry.activation("MyPackage>halve_and_shift", x -> 0.5 * x + 1);
  }

  /** x + sin(x)^2. StrictMath, since the bits of Math.sin change when it is compiled. */
  private static double snake(double x) {
    double sine = StrictMath.sin(x);
    return x + sine * sine;
  }
}
