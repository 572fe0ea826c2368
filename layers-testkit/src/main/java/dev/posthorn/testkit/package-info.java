/** The contract of a layer as tests that any plug-in author can run. */
@NullMarked
package dev.posthorn.testkit;

import org.jspecify.annotations.NullMarked;
