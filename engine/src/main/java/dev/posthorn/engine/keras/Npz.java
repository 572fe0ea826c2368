package dev.posthorn.engine.keras;

import dev.posthorn.engine.ArrayTensor;
import dev.posthorn.engine.Budget;
import dev.posthorn.engine.StoredArray;
import dev.posthorn.engine.keras.content.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Named arrays in numpy's {@code .npz} format: a zip of {@code .npy} files. */
public final class Npz {
  private static final String ENDING = ".npy";

  private Npz() {}

  /**
   * The arrays of a file by name, in the order of the file.
   *
   * @throws dev.posthorn.spi.InferenceException INVALID_MODEL if the file is damaged, UNSUPPORTED for pickled objects
   *     and types that we do not have, TOO_LARGE over the budget
   */
  public static Map<String, StoredArray> open(Path file, Budget budget) {
    return open(FileBytes.read(file, budget), file.getFileName().toString(), budget);
  }

  /** As {@link #open(Path, Budget)}, from memory. */
  public static Map<String, StoredArray> open(ByteBuffer content, String what, Budget budget) {
    return open(Content.of(content), what, budget);
  }

  /** As {@link #open(Path, Budget)}, from what was opened already. */
  static Map<String, StoredArray> open(Content content, String what, Budget budget) {
    ZipArchive zip = ZipArchive.open(content, what, budget);
    Map<String, StoredArray> arrays = new LinkedHashMap<>();
    for (String member : zip.names()) {
      String name = member.endsWith(ENDING) ? member.substring(0, member.length() - ENDING.length()) : member;
      arrays.put(name, Npy.open(zip.find(member).orElseThrow(), name + " of " + what, budget));
    }
    return Collections.unmodifiableMap(arrays);
  }

  /** Writes arrays, uncompressed as numpy's {@code savez} does. */
  public static void write(Map<String, ArrayTensor> arrays, OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    for (Map.Entry<String, ArrayTensor> array : arrays.entrySet()) {
      byte[] bytes = Npy.bytes(array.getValue());
      CRC32 crc = new CRC32();
      crc.update(bytes);
      ZipEntry entry = new ZipEntry(array.getKey() + ENDING);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(bytes.length);
      entry.setCrc(crc.getValue());
      entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0));
      zip.putNextEntry(entry);
      zip.write(bytes);
      zip.closeEntry();
    }
    zip.finish();
  }

  /** The arrays as a {@code .npz} file. */
  public static byte[] bytes(Map<String, ArrayTensor> arrays) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(arrays, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
