/** Layers that move elements without computing. */
@NullMarked
package dev.posthorn.engine.layers.reshaping;

import org.jspecify.annotations.NullMarked;
