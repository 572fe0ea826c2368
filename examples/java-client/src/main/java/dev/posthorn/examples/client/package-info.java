/** What a program that uses a Posthorn server looks like. */
@NullMarked
package dev.posthorn.examples.client;

import org.jspecify.annotations.NullMarked;
