package dev.posthorn.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one call of a layer made of a batch.
 *
 * @param call which use of the layer, from 0
 * @param outputs copies that the receiver owns
 * @param masks one for each output, or null where it has none
 * @param nanos time of the call
 */
public record TracedCall(
    String layer,
    String className,
    int call,
    List<ArrayTensor> outputs,
    List<@Nullable ArrayTensor> masks,
    long nanos) {}
