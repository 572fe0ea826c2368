package dev.posthorn.cli.verify;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A model file of a case.
 *
 * @param architecture where a file of weights alone takes it from
 */
record CaseFile(Path path, ModelForm form, Optional<Path> architecture) {
  String name() {
    return path.getFileName().toString();
  }
}
