/** From a model description to numbers. Knows no network. */
@NullMarked
package dev.posthorn.engine;

import org.jspecify.annotations.NullMarked;
