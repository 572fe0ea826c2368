package dev.posthorn.server.repository;

import dev.posthorn.engine.keras.ModelFiles;
import dev.posthorn.engine.keras.Settings;
import dev.posthorn.engine.keras.SettingsFile;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a repository folder holds: {@code NAME.keras} and the like is version 1 of model NAME, {@code NAME/VERSION/} with
 * one model in it is that version. Hidden files, and files that do not look like a model, are passed over.
 */
final class FolderScan {
  private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,17}");
  private static final Set<String> ENDINGS = Set.of("keras", "h5", "hdf5", "npz", "npy");
  private static final String SETTINGS = "posthorn.yaml";
  private static final int HEAD = 64 << 10;

  private FolderScan() {}

  /** A version that is there. */
  record Found(String name, long number, Path path) {}

  /**
   * The versions in the order of their names and numbers.
   *
   * @throws InferenceException INVALID_ARGUMENT if the folder cannot be read
   */
  static List<Found> of(Path folder) {
    List<Found> found = new ArrayList<>();
    Set<Path> used = usedBySettings(folder);
    for (Path path : visible(folder)) {
      if (Files.isDirectory(path) && !ModelFiles.isModelFolder(path)) {
        found.addAll(versions(path));
      } else if (!used.contains(path) && looksLikeModel(path)) {
        found.add(new Found(ModelFiles.defaultName(path), 1, path));
      }
    }
    return found;
  }

  private static List<Found> versions(Path folder) {
    List<Found> found = new ArrayList<>();
    for (Path version : visible(folder)) {
      String number = String.valueOf(version.getFileName());
      if (!NUMBER.matcher(number).matches() || !Files.isDirectory(version)) {
        continue;
      }
      String name = String.valueOf(folder.getFileName());
      if (ModelFiles.isModelFolder(version)) {
        found.add(new Found(name, Long.parseLong(number), version));
        continue;
      }
      Set<Path> used = usedBySettings(version);
      used.addAll(usedBySettings(folder));
      visible(version).stream()
          .filter(path -> !used.contains(path) && looksLikeModel(path))
          .forEach(path -> found.add(new Found(name, Long.parseLong(number), path)));
    }
    found.sort(Comparator.comparingLong(Found::number));
    return found;
  }

  private static List<Path> visible(Path folder) {
    try (Stream<Path> paths = Files.list(folder.toAbsolutePath().normalize())) {
      return paths.filter(path -> !String.valueOf(path.getFileName()).startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new InferenceException(
          Reason.INVALID_ARGUMENT, Map.of(), "the folder " + folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Files that settings name: an architecture or a proof is no model of its own. */
  private static Set<Path> usedBySettings(Path folder) {
    Set<Path> used = new HashSet<>();
    for (Path path : visible(folder)) {
      if (String.valueOf(path.getFileName()).endsWith(SETTINGS) && Files.isRegularFile(path)) {
        try {
          Settings settings = SettingsFile.read(path);
          settings.architecture().ifPresent(used::add);
          settings.proof().ifPresent(proof -> used.addAll(proof.inputs()));
          settings.proof().ifPresent(proof -> used.addAll(proof.outputs()));
        } catch (InferenceException e) {
          continue; // the model beside it will say so
        }
      }
    }
    return used;
  }

  private static boolean looksLikeModel(Path path) {
    String name = String.valueOf(path.getFileName());
    if (Files.isDirectory(path)) {
      return ModelFiles.isModelFolder(path);
    }
    if (name.endsWith(SETTINGS) || !Files.isRegularFile(path)) {
      return false;
    }
    if (ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1))) {
      return true;
    }
    String head = head(path);
    return head.startsWith("PK\3\4")
        || head.startsWith("\u0089HDF\r\n")
        || head.startsWith("\u0093NUMPY")
        || head.stripLeading().startsWith("{") && head.contains("\"weights\"");
  }

  private static String head(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      return new String(in.readNBytes(HEAD), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
