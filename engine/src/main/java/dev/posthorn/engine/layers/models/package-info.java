/** Models: layers made of layers - Functional and Sequential - and their inputs. */
@NullMarked
package dev.posthorn.engine.layers.models;

import org.jspecify.annotations.NullMarked;
