/** What the built-in layers have in common; each family has a package and one plug-in class of its own. */
@NullMarked
package dev.posthorn.engine.layers;

import org.jspecify.annotations.NullMarked;
