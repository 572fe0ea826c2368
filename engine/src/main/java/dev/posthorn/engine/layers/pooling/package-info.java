/** Pooling over windows and over whole axes. */
@NullMarked
package dev.posthorn.engine.layers.pooling;

import org.jspecify.annotations.NullMarked;
