package dev.posthorn.engine.plugins;

import dev.posthorn.spi.LayerPlugin;

/**
 * A plug-in and where it comes from.
 *
 * @param plugin the provider
 * @param origin the jar, or the folder of jars, for messages
 */
public record LoadedPlugin(LayerPlugin plugin, String origin) {}
