package dev.posthorn.engine.kernels;

import java.util.Optional;

/**
 * The kernels that a process runs on.
 *
 * @param note why not better ones, in one line; empty if there are none
 */
public record KernelSelection(EngineKernels kernels, Optional<String> note) {
  /** For now there is only one kind, whatever the name. */
  public static KernelSelection select(String name) {
    return new KernelSelection(new PlainKernels(), Optional.of("kernels '" + name + "' are not built yet"));
  }
}
