/** Layers that join several tensors. */
@NullMarked
package dev.posthorn.engine.layers.merging;

import org.jspecify.annotations.NullMarked;
