package dev.posthorn.engine.hostile;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.Deflater;

/** Zips that lie, and zips of too much. */
final class HostileZips {
  private static final int DEFLATED = 8;
  private static final int SYMLINK = 0xa1ff << 16;

  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final byte[] config;
  private final byte[] weights;

  private HostileZips(byte[] config, byte[] weights) {
    this.config = config;
    this.weights = weights;
  }

  /** Files by a name that begins with what is expected; made of a good model's parts. */
  static Map<String, byte[]> all(Map<String, byte[]> parts) {
    HostileZips zips =
        new HostileZips(
            Objects.requireNonNull(parts.get("config.json")), Objects.requireNonNull(parts.get("model.weights.h5")));
    zips.bombs();
    zips.lies();
    zips.names();
    return zips.files;
  }

  private RawZip good() {
    return new RawZip().stored("config.json", config).stored("model.weights.h5", weights);
  }

  private void add(String name, byte[] content) {
    files.put(name + ".keras", content);
  }

  private static byte[] deflated(byte[] content) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(content);
    deflater.finish();
    byte[] buffer = new byte[Math.min(content.length, 4 << 20) + 64];
    int length = deflater.deflate(buffer);
    deflater.end();
    return Arrays.copyOf(buffer, length);
  }

  private void bombs() {
    byte[] zeros = new byte[64 << 20];
    byte[] small = deflated(zeros);
    long crc = RawZip.crc(zeros);
    for (String member : new String[] {"config.json", "model.weights.h5", "assets/x"}) {
      RawZip zip = member.startsWith("assets") ? good() : new RawZip();
      add("refuse-bomb-" + member.replace('/', '-'),
          zip.member(member, small, DEFLATED, small.length, zeros.length, crc, zip.add(member, small), 0).end());
    }
    byte[] slow = new byte[256 << 20];
    byte[] noise = new byte[2 << 20];
    new Random(1).nextBytes(noise);
    System.arraycopy(noise, 0, slow, 0, noise.length);
    byte[] below = deflated(slow);
    RawZip ratio = new RawZip().stored("config.json", config);
    add("refuse-bomb-below-the-ratio", ratio.member("model.weights.h5", below, DEFLATED, below.length, slow.length,
        RawZip.crc(slow), ratio.add("model.weights.h5", below), 0).end());
    add("refuse-bomb-declared-small", declared(small, 1000, crc));
    add("refuse-bomb-declared-huge", declared(small, 0xfffffff0L, crc));
    RawZip overlapping = good();
    int at = overlapping.add("k0", small);
    for (int i = 0; i < 2_000; i++) {
      overlapping.member("k" + i, small, DEFLATED, small.length, 190L * small.length, crc, at, 0);
    }
    add("either-overlapping", overlapping.end());
    RawZip gigabytes = good();
    at = gigabytes.add("k0", small);
    for (int i = 0; i < 60_000; i++) {
      gigabytes.member("k" + i, small, DEFLATED, small.length, 190L * small.length, crc, at, 0);
    }
    add("refuse-overlapping-gigabytes", gigabytes.end());
    byte[] nested = RawZip.of("config.json", config, "model.weights.h5", weights);
    for (int i = 0; i < 50; i++) {
      nested = RawZip.of("config.json", nested, "model.weights.h5", weights);
    }
    add("refuse-nested", nested);
    RawZip many = new RawZip();
    for (int i = 0; i < 65_534; i++) {
      many.member("m" + i, new byte[0], 0, 0, 0, 0, 0, 0);
    }
    add("refuse-many", many.end());
  }

  private byte[] declared(byte[] small, long size, long crc) {
    RawZip zip = new RawZip().stored("model.weights.h5", weights);
    return zip.member("config.json", small, DEFLATED, small.length, size, crc, zip.add("config.json", small), 0).end();
  }

  private void lies() {
    long crc = RawZip.crc(config);
    add("refuse-duplicate", good().stored("config.json", config).end());
    add("refuse-duplicate-weights", good().stored("model.weights.h5", new byte[8]).end());
    add("refuse-entries-fewer", good().end(1));
    add("refuse-entries-more", good().end(3));
    add("refuse-entries-zip64", good().end(0xffff));
    for (long at : new long[] {0x7ffffff0L, 0xfffffffeL, 1, weights.length}) {
      RawZip zip = new RawZip().stored("model.weights.h5", weights);
      add("refuse-offset-" + at, zip.member("config.json", config, 0, config.length, config.length, crc, at, 0).end());
    }
    RawZip longer = new RawZip().stored("model.weights.h5", weights);
    int at = longer.add("config.json", config);
    add("refuse-stored-longer", longer.member("config.json", config, 0, 0x7ffffff0L, 0x7ffffff0L, crc, at, 0).end());
    for (int method : new int[] {1, 9, 12, 14, 93, 99, 0xffff}) {
      RawZip zip = new RawZip().stored("model.weights.h5", weights);
      add("refuse-method-" + method, zip.member("config.json", config, method, config.length, config.length, crc, zip.add("config.json", config), 0).end());
    }
    byte[] end = good().end();
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.writeBytes(end);
    twice.writeBytes(Arrays.copyOfRange(end, end.length - 22, end.length));
    add("either-two-ends", twice.toByteArray());
    add("refuse-end-alone", Arrays.copyOfRange(end, end.length - 22, end.length));
    byte[] comment = Arrays.copyOf(end, end.length + 100);
    add("refuse-comment-not-declared", comment);
  }

  private void names() {
    for (String name : new String[] {
      "../../../../tmp/evil", "/etc/passwd", "..\\..\\evil", "C:\\evil", "a\0b", "", ".", "..", "assets/../../evil",
      "assets//x", "con", "x".repeat(65_000), "\u202egnp.evil", "assets/" + "d/".repeat(30_000) + "x"
    }) {
      add("load-name-" + Integer.toHexString(name.hashCode()), good().stored(name, new byte[] {1}).end());
    }
    RawZip link = good();
    byte[] target = "/etc/passwd".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    add("load-symlink-beside", link.member("assets/vocabulary.txt", target, 0, target.length, target.length, RawZip.crc(target), link.add("assets/vocabulary.txt", target), SYMLINK).end());
    RawZip config = new RawZip().stored("model.weights.h5", weights);
    add("refuse-symlink", config.member("config.json", target, 0, target.length, target.length, RawZip.crc(target), config.add("config.json", target), SYMLINK).end());
  }
}
