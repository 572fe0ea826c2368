package dev.posthorn.server.core;

/**
 * What a request does with a sequence.
 *
 * @param owner whose sequence it is
 * @param id empty is one too
 * @param reset whether it begins anew with this request
 * @param end whether its state is dropped after this request
 */
public record SequenceUse(SequenceOwner owner, String id, boolean reset, boolean end) {}
