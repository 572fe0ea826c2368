/** Measurements beside peers, in one run and on the same numbers. */
@NullMarked
package dev.posthorn.benchmarks;

import org.jspecify.annotations.NullMarked;
