/** The server as a whole: configuration, start, going down. */
@NullMarked
package dev.posthorn.server;

import org.jspecify.annotations.NullMarked;
