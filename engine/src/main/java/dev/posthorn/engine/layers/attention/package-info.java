/** Attention over sequences. */
@NullMarked
package dev.posthorn.engine.layers.attention;

import org.jspecify.annotations.NullMarked;
