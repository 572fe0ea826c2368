package dev.posthorn.engine.kernels;

import java.io.IOException;
import java.io.InputStream;

/**
 * Loads a second copy of the package {@code kernels.vector} for vectors narrower than the machine's preferred ones. The
 * width must be a constant of the classes for C2 to compile vectors to instructions; so there is one source, and one
 * copy of its classes for each width in use. One width a process is fast: where C2 has met vectors of several, it no
 * longer knows which it has in hand.
 */
public final class WidthLoader extends ClassLoader {
  private static final String PACKAGE = WidthLoader.class.getPackageName() + ".vector.";

  private final int bits;

  WidthLoader(int bits) {
    super("vector" + bits, WidthLoader.class.getClassLoader());
    this.bits = bits;
  }

  /** The width of the vectors in this copy. */
  public int bits() {
    return bits;
  }

  /** Kernels of this width. */
  EngineKernels kernels() {
    try {
      return (EngineKernels) loadClass(PACKAGE + "VectorKernels").getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the vector kernels of the engine cannot be loaded", e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(PACKAGE)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : copy(name);
    }
  }

  private Class<?> copy(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length, WidthLoader.class.getProtectionDomain());
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
