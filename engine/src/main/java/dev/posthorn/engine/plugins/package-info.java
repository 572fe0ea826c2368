/** Loading plug-ins from the administrator's folder. */
@NullMarked
package dev.posthorn.engine.plugins;

import org.jspecify.annotations.NullMarked;
