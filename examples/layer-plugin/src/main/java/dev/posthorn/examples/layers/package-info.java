/** The layers and functions that our Python code registers in "MyPackage", for Posthorn. */
@NullMarked
package dev.posthorn.examples.layers;

import org.jspecify.annotations.NullMarked;
