/** Tokens to indices and back: StringLookup and IntegerLookup. */
@NullMarked
package dev.posthorn.engine.layers.lookup;

import org.jspecify.annotations.NullMarked;
