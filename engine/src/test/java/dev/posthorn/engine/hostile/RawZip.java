package dev.posthorn.engine.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Writes zips that may lie: every field of a member can be another than its content says. */
final class RawZip {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;

  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private final List<byte[]> directory = new ArrayList<>();

  /** A zip of stored members: name, content, name, content... */
  static byte[] of(Object... namesAndContents) {
    RawZip zip = new RawZip();
    for (int i = 0; i < namesAndContents.length; i += 2) {
      zip.stored((String) namesAndContents[i], (byte[]) namesAndContents[i + 1]);
    }
    return zip.end();
  }

  RawZip stored(String name, byte[] content) {
    return member(name, content, 0, content.length, content.length, crc(content), add(name, content), 0);
  }

  static long crc(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return crc.getValue();
  }

  /** Writes a local header and content; returns where. */
  int add(String name, byte[] content) {
    int at = file.size();
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer header = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(LOCAL).putShort((short) 20).position(26);
    header.putShort((short) text.length);
    file.writeBytes(header.array());
    file.writeBytes(text);
    file.writeBytes(content);
    return at;
  }

  /** An entry of the directory as it is told. */
  RawZip member(String name, byte[] content, int method, long stored, long size, long crc, long at, int attributes) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer entry = ByteBuffer.allocate(46 + text.length).order(ByteOrder.LITTLE_ENDIAN);
    entry.putInt(CENTRAL).putShort((short) (3 << 8 | 20)).putShort((short) 20).putShort((short) 0).putShort((short) method);
    entry.putInt(0).putInt((int) crc).putInt((int) stored).putInt((int) size).putShort((short) text.length);
    entry.position(38);
    entry.putInt(attributes).putInt((int) at).put(text);
    directory.add(entry.array());
    return this;
  }

  byte[] end() {
    return end(directory.size());
  }

  /** With that many members declared. */
  byte[] end(int count) {
    int start = file.size();
    directory.forEach(file::writeBytes);
    ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(END).putInt(0).putShort((short) count).putShort((short) count).putInt(file.size() - start).putInt(start);
    file.writeBytes(end.array());
    return file.toByteArray();
  }
}
