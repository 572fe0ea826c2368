package dev.posthorn.testkit;

import dev.posthorn.spi.Activation;
import dev.posthorn.spi.CompositeFactory;
import dev.posthorn.spi.LayerFactory;
import dev.posthorn.spi.LayerPlugin;
import dev.posthorn.spi.LayerRegistry;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** The names that the built-in plug-ins register. */
final class Registrations implements LayerRegistry {
  final Set<String> layers = new TreeSet<>();
  final Set<String> operations = new TreeSet<>();

  static Registrations ofBuiltIns() {
    Registrations names = new Registrations();
    ServiceLoader.load(LayerPlugin.class).forEach(plugin -> plugin.register(names));
    return names;
  }

  @Override
  public void layer(String registeredName, LayerFactory factory) {
    layers.add(registeredName);
  }

  @Override
  public void composite(String registeredName, CompositeFactory factory) {
    layers.add(registeredName);
  }

  @Override
  public void operation(String module, String name, LayerFactory factory) {
    operations.add(module + "." + name);
  }

  @Override
  public void activation(String name, DoubleUnaryOperator function) {}

  @Override
  public void activation(String name, Activation activation) {}

  @Override
  public void text(String name, UnaryOperator<String> function) {}
}
