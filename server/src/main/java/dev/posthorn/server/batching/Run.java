package dev.posthorn.server.batching;

/**
 * How a request was computed.
 *
 * @param queueNanos from its submission to the start of its batch
 * @param computeNanos of its batch
 * @param batchRows rows of its batch
 */
public record Run(long queueNanos, long computeNanos, int batchRows) {}
