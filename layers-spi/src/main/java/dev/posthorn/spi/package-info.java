/**
 * The contract of plug-ins: what a layer, an activation or a composite of layers sees of Posthorn.
 *
 * <p>A plug-in implements {@link dev.posthorn.spi.LayerPlugin}, names it in {@code
 * META-INF/services/dev.posthorn.spi.LayerPlugin} and is dropped as a jar into the plug-in folder. The built-in layers
 * of Keras come through the very same interfaces.
 */
@NullMarked
package dev.posthorn.spi;

import org.jspecify.annotations.NullMarked;
