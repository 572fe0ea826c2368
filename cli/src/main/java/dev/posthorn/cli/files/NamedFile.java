package dev.posthorn.cli.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * An argument {@code [NAME=]FILE}.
 *
 * @param name of the input or output; empty where none was given
 */
public record NamedFile(String name, Path path) {

  /** Splits at the first {@code =}, unless the whole argument is a file. */
  public static NamedFile parse(String argument) {
    int split = argument.indexOf('=');
    if (split <= 0 || Files.exists(Path.of(argument))) {
      return new NamedFile("", Path.of(argument));
    }
    return new NamedFile(argument.substring(0, split), Path.of(argument.substring(split + 1)));
  }

  /** The file's name without its folder. */
  public String fileName() {
    Path last = path.getFileName();
    return last == null ? path.toString() : last.toString();
  }

  /** The file's name without its ending. */
  public String stem() {
    String file = fileName();
    int dot = file.lastIndexOf('.');
    return dot <= 0 ? file : file.substring(0, dot);
  }

  /** {@code npy} for {@code x.NPY}; empty if there is none. */
  public String ending() {
    String file = fileName();
    int dot = file.lastIndexOf('.');
    return dot <= 0 ? "" : file.substring(dot + 1).toLowerCase(Locale.ROOT);
  }
}
