package dev.posthorn.spi;

/** A layer inside a layer: {@link Calls#call} uses it. The same one may be called several times and shares its weights. */
public interface SubLayer {
  String name();

  String className();
}
