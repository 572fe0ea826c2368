package dev.posthorn.server.repository;

import dev.posthorn.engine.Model;
import dev.posthorn.server.batching.Batcher;

/** A model that is ready, and what its requests go through. */
public record LoadedModel(Model model, Batcher batcher) {}
