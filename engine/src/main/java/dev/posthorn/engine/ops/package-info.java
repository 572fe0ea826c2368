/** The operations of keras.ops that models carry as nodes, in tables. */
@NullMarked
package dev.posthorn.engine.ops;

import org.jspecify.annotations.NullMarked;
