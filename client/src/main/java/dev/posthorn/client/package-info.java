/**
 * The Java client of a Posthorn server: predictions, streams of predictions, traces, and the models themselves.
 *
 * <p>Start at {@link dev.posthorn.client.PosthornClient}. Messages of the wire ({@code dev.posthorn.v1}) are used where they
 * are data; {@link dev.posthorn.client.Tensors} turns them into Java arrays and back. Everything that fails throws
 * {@link dev.posthorn.client.PosthornException}; wrong use throws {@link java.lang.IllegalArgumentException} or
 * {@link java.lang.IllegalStateException}.
 */
@NullMarked
package dev.posthorn.client;

import org.jspecify.annotations.NullMarked;
