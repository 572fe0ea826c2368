/** Where and with whom a request is computed. */
@NullMarked
package dev.posthorn.server.batching;

import org.jspecify.annotations.NullMarked;
