/** Requests as every protocol means them: no wire type on this side, no engine detail on the other. */
@NullMarked
package dev.posthorn.server.core;

import org.jspecify.annotations.NullMarked;
