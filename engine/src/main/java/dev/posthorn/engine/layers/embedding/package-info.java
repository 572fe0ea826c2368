/** Tables of vectors. */
@NullMarked
package dev.posthorn.engine.layers.embedding;

import org.jspecify.annotations.NullMarked;
