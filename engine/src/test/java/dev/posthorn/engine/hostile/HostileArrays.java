package dev.posthorn.engine.hostile;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Bare arrays that lie: NumPy headers and JSON. */
final class HostileArrays {
  private HostileArrays() {}

  /** Files by a name that begins with what is expected. */
  static Map<String, byte[]> all() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    String[] headers = {
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647, 2147483647), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999, 2), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 4), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
      "{'descr': '<f4', 'fortran_order': True, 'shape': (65536, 65536, 65536), }",
      "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '<U2147483647', 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '<f999999999999', 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': [('a', '<f4'), ('b', '|O')], 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': (2, 2), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': " + "(".repeat(20_000),
      "{".repeat(30_000),
      "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1, ".repeat(20_000) + "), }",
      "'".repeat(101),
      "",
    };
    for (int i = 0; i < headers.length; i++) {
      byte[] npy = npy(headers[i], headers[i].length());
      files.put("refuse-header-" + i + ".npy", npy);
      files.put("refuse-member-" + i + ".npz", RawZip.of("arr_0.npy", npy));
    }
    String honest = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
    for (long length : new long[] {0, 1, 0x7fffffffL, 0x80000000L, 0xffffffffL}) {
      files.put("refuse-header-length-" + length + ".npy", npy(honest, length));
    }
    String[] texts = {
      "{\"weights\": [[[1, 2], [3]]]}",
      "{\"weights\": " + "[".repeat(100_000) + "]".repeat(100_000) + "}",
      "{\"weights\": [" + "[".repeat(300) + "1" + "]".repeat(300) + "]}",
      "{\"weights\": [[[\"1\", 2]]]}",
      "{\"weights\": [[[null]]]}",
      "{\"weights\": [[]]}",
      "{\"weights\": []}",
      "{\"weights\": 3}",
      "{\"weights\": [[[1, 2], [3, 4]]], \"biases\": [[1, 2], [3, 4]]}",
      "{\"weights\": [[[1, 2], [3, 4]]], \"activations\": [\"__import__('os')\"]}",
      "{\"weights\": [[[1, 2], [3, 4]], [[1]]]}",
    };
    for (int i = 0; i < texts.length; i++) {
      files.put("refuse-text-" + i + ".json", texts[i].getBytes(StandardCharsets.UTF_8));
    }
    String million = "[" + "1.5, ".repeat(999_999) + "2]";
    files.put("load-million-numbers.json", ("{\"weights\": [[" + million + "]], \"activations\": [\"linear\"]}").getBytes(StandardCharsets.UTF_8));
    files.put("either-numbers.json", "{\"weights\": [[[1e400, -1e400, NaN, Infinity, 1e-400]]]}".getBytes(StandardCharsets.UTF_8));
    return files;
  }

  /** Version 2 of the format, whose header has a length of four bytes. */
  private static byte[] npy(String header, long length) {
    ByteBuffer file = ByteBuffer.allocate(12 + header.length() + 16).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 2).put((byte) 0);
    file.putInt((int) length).put(header.getBytes(StandardCharsets.ISO_8859_1));
    return file.array();
  }
}
