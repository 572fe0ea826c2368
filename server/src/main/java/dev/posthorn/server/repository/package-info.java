/** The models that a server knows, their versions, their coming and going. */
@NullMarked
package dev.posthorn.server.repository;

import org.jspecify.annotations.NullMarked;
