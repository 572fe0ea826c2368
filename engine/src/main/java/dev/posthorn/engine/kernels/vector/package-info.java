/**
 * The kernels on the JDK's Vector API. Nothing outside mentions its types, so that everything else works without the
 * module jdk.incubator.vector.
 */
@NullMarked
package dev.posthorn.engine.kernels.vector;

import org.jspecify.annotations.NullMarked;
