/** The hot loops: a readable form on EJML, a fast one on vectors, and the choice between them. */
@NullMarked
package dev.posthorn.engine.kernels;

import org.jspecify.annotations.NullMarked;
