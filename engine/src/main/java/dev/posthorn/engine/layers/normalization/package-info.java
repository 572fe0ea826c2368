/** Normalising and rescaling layers. */
@NullMarked
package dev.posthorn.engine.layers.normalization;

import org.jspecify.annotations.NullMarked;
