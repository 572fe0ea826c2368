package dev.posthorn.engine.keras.hdf5;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Where an HDF5 file has checksums of its structures, so that a test can mend them after it changed something. */
public final class Hdf5Sums {
  private static final Set<String> SIGNATURES =
      Set.of("OHDR", "OCHK", "FRHP", "FHDB", "FHIB", "BTHD", "BTLF", "BTIN", "FAHD", "FADB", "EAHD", "EAIB", "EASB", "EADB", "SNOD");
  private static final int LONGEST = 4096;

  private record Span(int from, int length) {}

  private final List<Span> spans = new ArrayList<>();

  /** Finds them in a file that is whole. */
  public Hdf5Sums(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from + 8 < file.length; from++) {
      String text = new String(file, from, 4, StandardCharsets.ISO_8859_1);
      if (SIGNATURES.contains(text) || from == 0 && file[8] >= 2) {
        find(bytes, from);
      }
    }
  }

  private void find(ByteBuffer bytes, int from) {
    for (int length = 8; length <= LONGEST && from + length + 4 <= bytes.limit(); length++) {
      if (Checksums.lookup3(bytes.slice(from, length).order(ByteOrder.LITTLE_ENDIAN), length) == bytes.getInt(from + length)) {
        spans.add(new Span(from, length));
        return;
      }
    }
  }

  public int count() {
    return spans.size();
  }

  /** Writes the right checksums into a changed file of the same length. */
  public void mend(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (Span span : spans) {
      if (span.from() + span.length() + 4 <= file.length) {
        int sum = Checksums.lookup3(bytes.slice(span.from(), span.length()).order(ByteOrder.LITTLE_ENDIAN), span.length());
        bytes.putInt(span.from() + span.length(), sum);
      }
    }
  }
}
