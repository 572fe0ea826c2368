package dev.posthorn.engine.keras;

import dev.posthorn.engine.Budget;
import dev.posthorn.engine.keras.content.Content;
import dev.posthorn.spi.InferenceException;
import dev.posthorn.spi.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A zip read from its central directory. Names are keys and never paths; members are stored or deflated; the
 * number of members, their sizes and their ratio to the stored bytes are bounded, and checksums are checked. Layout: PKWARE
 * APPNOTE 4.3 (no zip64: it begins where our arrays end, at 2 GiB).
 */
final class ZipArchive {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int ENTRY_LENGTH = 46;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_LENGTH = 30;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;

  /** A small member may shrink by any ratio: a thousand zeros do. */
  private static final long RATIO_COUNTS_FROM = 1 << 20;

  private record Member(String name, int flags, int method, long crc, long stored, long size, long header) {}

  private final Content bytes;
  private final String what;
  private final Map<String, Member> members;

  private ZipArchive(Content bytes, String what, Map<String, Member> members) {
    this.bytes = bytes;
    this.what = what;
    this.members = members;
  }

  /** Whether the content is a zip, be it a damaged one. */
  static boolean recognises(Content content) {
    if (content.size() < 4) {
      return false;
    }
    int first = content.view(0, 4).getInt();
    return first == LOCAL_SIGNATURE || first == END_SIGNATURE || end(content) >= 0;
  }

  /**
   * Reads the central directory.
   *
   * @param what the file, for messages
   * @throws InferenceException INVALID_MODEL if the zip is damaged, TOO_LARGE if it is over the budget
   */
  static ZipArchive open(Content content, String what, Budget budget) {
    int end = end(content);
    if (end < 0) {
      throw damaged(what, "its central directory is missing; the file is truncated");
    }
    ByteBuffer record = content.view(end, END_LENGTH);
    int count = u16(record, 10);
    long length = u32(record, 12);
    long offset = u32(record, 16);
    if (count == 0xffff || offset == 0xffffffffL) {
      throw new InferenceException(Reason.UNSUPPORTED, what + " is a zip64, which is not supported");
    }
    Budget.check("tensors", budget.tensors(), count, what + ": members of the zip");
    long start = end - length;
    long prefix = start - offset;
    if (prefix < 0) {
      throw damaged(what, "its central directory lies outside of the file");
    }
    Map<String, Member> members = new LinkedHashMap<>();
    ByteBuffer bytes = content.view((int) start, (int) length);
    long total = 0;
    long at = 0;
    for (int i = 0; i < count; i++) {
      if (at + ENTRY_LENGTH > length || bytes.getInt((int) at) != ENTRY_SIGNATURE) {
        throw damaged(what, "entry " + i + " of its central directory is broken");
      }
      int entry = (int) at;
      int nameLength = u16(bytes, entry + 28);
      at += ENTRY_LENGTH + nameLength + u16(bytes, entry + 30) + u16(bytes, entry + 32);
      if (at > length) {
        throw damaged(what, "entry " + i + " of its central directory is broken");
      }
      byte[] name = new byte[nameLength];
      bytes.get(entry + ENTRY_LENGTH, name);
      Member member =
          new Member(
              new String(name, StandardCharsets.UTF_8),
              u16(bytes, entry + 8),
              u16(bytes, entry + 10),
              u32(bytes, entry + 16),
              u32(bytes, entry + 20),
              u32(bytes, entry + 24),
              prefix + u32(bytes, entry + 42));
      total += checked(member, what, budget).size();
      if (members.put(member.name(), member) != null) {
        throw damaged(what, "it has two members named " + member.name());
      }
    }
    Budget.check("model-bytes", budget.bytes(), total, what + ": bytes once inflated");
    return new ZipArchive(content, what, members);
  }

  private static Member checked(Member member, String what, Budget budget) {
    if ((member.flags() & 1) != 0) {
      throw damaged(what, member.name() + " is encrypted");
    }
    if (member.method() == STORED) {
      if (member.size() != member.stored()) {
        throw damaged(
            what, member.name() + " declares " + member.size() + " bytes, but stores " + member.stored());
      }
    } else if (member.method() != DEFLATED) {
      throw new InferenceException(
          Reason.UNSUPPORTED,
          what + ": " + member.name() + " is compressed by method " + member.method() + "; expected stored or deflated");
    } else if (member.size() > RATIO_COUNTS_FROM) {
      Budget.check(
          "inflated-ratio",
          budget.inflatedRatio(),
          member.size() / Math.max(1, member.stored()),
          what + ": " + member.name() + ": bytes once inflated for each stored byte");
    }
    return member;
  }

  Set<String> names() {
    return members.keySet();
  }

  /**
   * The content of that member; a stored one is not copied.
   *
   * @throws InferenceException INVALID_MODEL if it is damaged
   */
  Optional<Content> find(String name) {
    Member member = members.get(name);
    return member == null ? Optional.empty() : Optional.of(content(member));
  }

  private Content content(Member member) {
    long header = member.header();
    if (header + LOCAL_LENGTH > bytes.size() || bytes.view((int) header, 4).getInt() != LOCAL_SIGNATURE) {
      throw damaged(what, member.name() + " is not where the central directory says");
    }
    ByteBuffer local = bytes.view((int) header, LOCAL_LENGTH);
    long start = header + LOCAL_LENGTH + u16(local, 26) + u16(local, 28);
    if (start + member.stored() > bytes.size()) {
      throw damaged(what, member.name() + " is truncated");
    }
    Content stored = bytes.part((int) start, (int) member.stored());
    Content content = member.method() == STORED ? stored : inflate(member, stored);
    CRC32 crc = new CRC32();
    content.each(0, content.size(), crc::update);
    if (crc.getValue() != member.crc()) {
      throw damaged(what, "the checksum of " + member.name() + " does not match its content");
    }
    return content;
  }

  private Content inflate(Member member, Content stored) {
    byte[] content = new byte[Math.toIntExact(member.size())];
    int[] length = {0};
    try (Inflater inflater = new Inflater(true)) {
      stored.each(0, stored.size(), piece -> {
        inflater.setInput(piece);
        int read = -1;
        while (length[0] < content.length && read != 0) {
          read = inflated(inflater, content, length[0], member);
          length[0] += read;
        }
      });
    }
    if (length[0] < content.length) {
      throw damaged(what, member.name() + " inflates to " + length[0] + " bytes, but declares " + content.length);
    }
    return Content.of(content);
  }

  private int inflated(Inflater inflater, byte[] content, int from, Member member) {
    try {
      return inflater.inflate(content, from, content.length - from);
    } catch (DataFormatException e) {
      throw new InferenceException(
          Reason.INVALID_MODEL, Map.of(), what + " is a damaged zip: " + member.name() + " cannot be inflated", e);
    }
  }

  /** Where the end record begins; -1 if there is none. */
  private static int end(Content content) {
    int before = Math.max(0, content.size() - END_LENGTH - LONGEST_COMMENT);
    ByteBuffer bytes = content.view(before, content.size() - before);
    for (int at = bytes.limit() - END_LENGTH; at >= 0; at--) {
      if (bytes.getInt(at) == END_SIGNATURE && at + END_LENGTH + u16(bytes, at + 20) == bytes.limit()) {
        return before + at;
      }
    }
    return -1;
  }

  private static int u16(ByteBuffer bytes, int at) {
    return Short.toUnsignedInt(bytes.getShort(at));
  }

  private static long u32(ByteBuffer bytes, int at) {
    return Integer.toUnsignedLong(bytes.getInt(at));
  }

  private static InferenceException damaged(String what, String problem) {
    return new InferenceException(Reason.INVALID_MODEL, what + " is a damaged zip: " + problem);
  }
}
