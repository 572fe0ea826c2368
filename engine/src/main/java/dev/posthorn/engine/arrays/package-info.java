/** Walks over plain arrays that layers and operations share: strided copies, broadcasting, reductions. */
@NullMarked
package dev.posthorn.engine.arrays;

import org.jspecify.annotations.NullMarked;
